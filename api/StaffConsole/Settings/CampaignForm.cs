using System.Globalization;
using System.Text.RegularExpressions;
using Campaigns.Api.Pages;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// The form of a campaign as it was typed: single values by the path of their JSON field, and lists
/// of rows. Buttons add and remove rows without a script.
/// </summary>
public sealed partial class CampaignForm
{
    public const string Texts = "texts";
    public const string Countries = "countries";
    public const string Recipients = "recipients";

    private const string Add = "add-";
    private const string Remove = "remove-";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<Dictionary<string, string>>> _rows = new(StringComparer.Ordinal)
    {
        [Texts] = [],
        [Countries] = [],
        [Recipients] = [],
    };

    /// <summary>The value of a field such as <c>goal</c> or <c>recipients[0].key</c>.</summary>
    public string this[string path] =>
        Place().Match(path) is { Success: true } place
            ? _rows[place.Groups[1].Value][Index(place)].GetValueOrDefault(place.Groups[3].Value, "")
            : _values.GetValueOrDefault(path, "");

    /// <summary>The number of rows of a list.</summary>
    public int Count(string list) => _rows[list].Count;

    public bool IsChecked(string field) => this[field] == PageForm.Yes;

    /// <summary>A form with an empty row in each list that a campaign needs.</summary>
    public static CampaignForm Empty()
    {
        var form = new CampaignForm();
        form.AddRow(Texts);
        form.AddRow(Countries);
        form.AddRow(Recipients);
        return form;
    }

    /// <summary>The form of a campaign as it is.</summary>
    public static CampaignForm From(Campaign campaign)
    {
        var form = new CampaignForm();
        form.Set("slug", campaign.Slug);
        form.Set("organisation", campaign.Organisation);
        form.Set("controller.name", campaign.Controller.Name);
        form.Set("controller.contact", campaign.Controller.Contact);
        form.Set("privacyNotice.version", campaign.PrivacyNotice.Version);
        form.Set("privacyNotice.text", campaign.PrivacyNotice.Text);
        form.Set("goal", Text(campaign.Goal));
        form.Set("opensAt", Text(campaign.OpensAt));
        form.Set("closesAt", Text(campaign.ClosesAt));
        form.Set("handOverOn", campaign.HandOverOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        form.Set("answerWithinDays", Text(campaign.AnswerWithinDays));
        form.Set("eraseAfterDays", Text(campaign.EraseAfterDays));
        form.Set("sensitive", campaign.Sensitive ? PageForm.Yes : "");
        form.Set("timeZone", campaign.ChosenTimeZone);
        form.Set("allowedOrigins", string.Join('\n', campaign.AllowedOrigins));
        foreach (var text in campaign.Texts)
            form.AddRow(Texts, ("locale", text.Locale), ("title", text.Title), ("demand", text.Demand));
        foreach (var country in campaign.Countries)
            form.AddRow(
                Countries,
                ("country", country.Country),
                ("goal", Text(country.Goal)),
                ("locale", country.Locale)
            );
        foreach (var recipient in campaign.Recipients)
            form.AddRow(
                Recipients,
                ("key", recipient.Key),
                ("name", recipient.Name),
                ("address", recipient.Address),
                ("countries", recipient.Countries is { } own ? string.Join(' ', own) : ""),
                ("risk", recipient.Risk),
                ("maxDisclosure", recipient.MaxDisclosure.Text())
            );
        return form;
    }

    /// <summary>
    /// A form that was posted. Rows keep their order; gaps between their numbers close.
    /// </summary>
    public static CampaignForm From(IFormCollection fields)
    {
        var form = new CampaignForm();
        var rows = new SortedDictionary<(string List, int Index), Dictionary<string, string>>();
        foreach (var (path, value) in fields)
        {
            // Browsers send line breaks as CR LF.
            var typed = value.ToString().ReplaceLineEndings("\n");
            if (Place().Match(path) is not { Success: true } place)
            {
                form._values[path] = typed;
                continue;
            }
            var key = (place.Groups[1].Value, Index(place));
            if (!rows.TryGetValue(key, out var row))
                rows[key] = row = new Dictionary<string, string>(StringComparer.Ordinal);
            row[place.Groups[3].Value] = typed;
        }
        foreach (var (key, row) in rows)
            form._rows[key.List].Add(row);
        return form;
    }

    /// <summary>
    /// Adds or removes the row that the pressed button names; false for another button.
    /// </summary>
    public bool ChangeRows(string act)
    {
        if (act.StartsWith(Add, StringComparison.Ordinal) && _rows.ContainsKey(act[Add.Length..]))
        {
            AddRow(act[Add.Length..]);
            return true;
        }
        if (!act.StartsWith(Remove, StringComparison.Ordinal))
            return false;
        if (
            act[Remove.Length..].Split('-') is [var list, var number]
            && _rows.TryGetValue(list, out var rows)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < rows.Count
        )
            rows.RemoveAt(index);
        return true;
    }

    /// <summary>
    /// Removes rows that were added and not filled in, so that each row is an element of the JSON.
    /// </summary>
    public void RemoveEmptyRows()
    {
        foreach (var rows in _rows.Values)
            rows.RemoveAll(row =>
                row.All(field => field.Key is "risk" or "maxDisclosure" || field.Value.Length == 0)
            );
    }

    /// <summary>Takes a part from another form: a field, or all rows of a list.</summary>
    public void Take(string part, CampaignForm other)
    {
        if (_rows.ContainsKey(part))
            _rows[part] = other._rows[part];
        else
            Set(part, other[part]);
    }

    /// <summary>The rows of a list, each with its values by name.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string list) => _rows[list];

    private void AddRow(string list, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            row[name] = value ?? "";
        _rows[list].Add(row);
    }

    private void Set(string field, string? value) => _values[field] = value ?? "";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    // As browsers write a local time; the form says that it is UTC.
    private static string Text(DateTimeOffset? instant) =>
        instant is not { } known ? ""
        : known.ToUnixTimeMilliseconds() % 60_000 == 0
            ? known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)
        : known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static int Index(Match place) => int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(texts|countries|recipients)\[([0-9]{1,3})\]\.([A-Za-z]+)$")]
    private static partial Regex Place();
}
