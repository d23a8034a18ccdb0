using System.Globalization;
using System.Text.RegularExpressions;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// The sentences of a refusal at the fields of the form. The JSON has texts by locale, the form has
/// rows; a form has one field for a list of countries or origins.
/// </summary>
public sealed partial class CampaignFormErrors
{
    private readonly Dictionary<string, string> _sentences = new(StringComparer.Ordinal);

    public CampaignFormErrors(Refusal? refusal, CampaignForm form)
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

    private static string Field(string path, CampaignForm form)
    {
        if (TextPath().Match(path) is { Success: true } text)
        {
            var row = form.Rows(CampaignForm.Texts)
                .Index()
                .Where(row => row.Item.GetValueOrDefault("locale", "").Trim() == text.Groups[1].Value)
                .Select(row => (int?)row.Index)
                .FirstOrDefault();
            return row is null
                ? CampaignForm.Texts
                : string.Create(CultureInfo.InvariantCulture, $"texts[{row}].{text.Groups[2].Value}");
        }
        return ListElement().Replace(path, "$1");
    }

    [GeneratedRegex(@"^texts\.(.*)\.(title|demand)$")]
    private static partial Regex TextPath();

    [GeneratedRegex(@"^(allowedOrigins|recipients\[[0-9]+\]\.countries)\[[0-9]+\]$")]
    private static partial Regex ListElement();
}
