using System.Globalization;

namespace Campaigns.Api.StaffConsole.Parts;

/// <summary>
/// The sentences of a refusal at the fields of a form. The JSON has texts by locale, the form has
/// rows.
/// </summary>
public abstract class RowFormErrors
{
    private readonly Dictionary<string, string> _sentences = new(StringComparer.Ordinal);

    /// <param name="refusal">Null without one.</param>
    /// <param name="field">The field of the form for a path of the JSON.</param>
    protected RowFormErrors(Refusal? refusal, Func<string, string> field)
    {
        foreach (var (path, sentences) in refusal?.Errors ?? new Dictionary<string, string[]>())
            _sentences.TryAdd(field(path), string.Join(' ', sentences));
    }

    public string? this[string field] => _sentences.GetValueOrDefault(field);

    /// <summary>For the summary: the id of each field with its sentence.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Summary =>
        [.. _sentences.Select(pair => new KeyValuePair<string, string>(Id(pair.Key), pair.Value))];

    /// <summary>The id of a field in the page.</summary>
    public static string Id(string field) =>
        field.Replace('[', '-').Replace("]", "", StringComparison.Ordinal).Replace('.', '-');

    /// <summary>
    /// The field of a text, or the list of texts if the form has none in this locale.
    /// </summary>
    /// <param name="form">The form.</param>
    /// <param name="list">The list of its texts.</param>
    /// <param name="locale">The locale of the text.</param>
    /// <param name="name">The name of the field.</param>
    protected static string TextField(RowForm form, string list, string locale, string name) =>
        form.PlaceOf(list, locale) is { } place
            ? string.Create(CultureInfo.InvariantCulture, $"{list}[{place}].{name}")
            : list;
}
