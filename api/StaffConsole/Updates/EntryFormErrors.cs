using System.Globalization;
using System.Text.RegularExpressions;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>
/// The sentences of a refusal at the fields of the form. The JSON has texts by locale, the form has
/// rows.
/// </summary>
public sealed partial class EntryFormErrors
{
    private readonly Dictionary<string, string> _sentences = new(StringComparer.Ordinal);

    public EntryFormErrors(Refusal? refusal, EntryForm form)
    {
        foreach (var (path, sentences) in refusal?.Errors ?? new Dictionary<string, string[]>())
            _sentences.TryAdd(Field(path, form), string.Join(' ', sentences));
    }

    public string? this[string field] => _sentences.GetValueOrDefault(field);

    /// <summary>For the summary: the id of each field with its sentence.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Summary =>
        [.. _sentences.Select(pair => new KeyValuePair<string, string>(Id(pair.Key), pair.Value))];

    /// <summary>The id of a field in the page.</summary>
    public static string Id(string field) =>
        field.Replace('[', '-').Replace("]", "", StringComparison.Ordinal).Replace('.', '-');

    private static string Field(string path, EntryForm form)
    {
        if (TextPath().Match(path) is not { Success: true } text)
            return path == "origin" ? "origin.publisher" : path;
        return form.PlaceOf(text.Groups[1].Value) is { } place
            ? string.Create(CultureInfo.InvariantCulture, $"texts[{place}].{text.Groups[2].Value}")
            : EntryForm.Texts;
    }

    [GeneratedRegex(@"^texts\.(.*)\.(title|text)$")]
    private static partial Regex TextPath();
}
