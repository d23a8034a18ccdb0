using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Api.Pages;
using Campaigns.Timeline;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>
/// The form of an entry as it was typed: single values by the path of their JSON field, and lists
/// of rows. Buttons add and remove rows without a script.
/// </summary>
public sealed partial class EntryForm
{
    public const string Texts = "texts";
    public const string Figures = "figures";
    public const string Sources = "sources";

    private const string Add = "add-";
    private const string Remove = "remove-";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Dictionary<string, string>>> _rows = new(StringComparer.Ordinal)
    {
        [Texts] = [],
        [Figures] = [],
        [Sources] = [],
    };

    /// <summary>The value of a field such as <c>on</c> or <c>sources[0].title</c>.</summary>
    public string this[string path] =>
        Place().Match(path) is { Success: true } place
            ? _rows[place.Groups[1].Value][Index(place)].GetValueOrDefault(place.Groups[3].Value, "")
            : _values.GetValueOrDefault(path, "");

    public int Count(string list) => _rows[list].Count;

    public bool IsChecked(string field) => this[field] == PageForm.Yes;

    /// <summary>A form with an empty row in each list that a new entry needs.</summary>
    /// <param name="locales">The languages of the campaign, each with an empty text.</param>
    public static EntryForm Empty(IEnumerable<string> locales)
    {
        var form = new EntryForm();
        foreach (var locale in locales)
            form._rows[Texts].Add(new Dictionary<string, string> { ["locale"] = locale });
        form._rows[Sources].Add([]);
        return form;
    }

    /// <summary>The form of an entry as it is.</summary>
    public static EntryForm From(EntryDraft draft)
    {
        var form = new EntryForm();
        form._values["on"] = draft.On is { } day ? Instant.Text(day) : "";
        switch (draft)
        {
            case UpdateDraft update:
                form._values["origin.publisher"] = update.Origin?.Publisher ?? "";
                form._values["origin.url"] = update.Origin?.Url ?? "";
                form._values["origin.language"] = update.Origin?.Language ?? "";
                form._rows[Texts]
                    .AddRange(
                        update.Texts.Select(text => new Dictionary<string, string>
                        {
                            ["locale"] = text.Locale,
                            ["title"] = text.Title,
                            ["text"] = text.Text,
                        })
                    );
                form._rows[Figures].AddRange(update.Figures.Select(RowOf));
                form._rows[Sources].AddRange(update.Sources.Select(RowOf));
                break;
            case DevelopmentDraft development:
                form._values["institution"] = development.Institution;
                form._values["title"] = development.Title;
                form._values["summary"] = development.Summary;
                form._rows[Sources].AddRange(development.Sources.Select(RowOf));
                break;
            case EventDraft meeting:
                form._values["place"] = meeting.Place;
                form._values["country"] = meeting.Country;
                form._values["title"] = meeting.Title;
                form._values["summary"] = meeting.Summary;
                form._values["showPlace"] = meeting.ShowsPlace ? PageForm.Yes : "";
                break;
        }
        return form;
    }

    /// <summary>
    /// A form that was posted. Rows keep their order; gaps between their numbers close.
    /// </summary>
    public static EntryForm From(IFormCollection fields)
    {
        var form = new EntryForm();
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
        if (act.StartsWith(Add, StringComparison.Ordinal) && _rows.TryGetValue(act[Add.Length..], out var list))
        {
            list.Add([]);
            return true;
        }
        if (!act.StartsWith(Remove, StringComparison.Ordinal))
            return false;
        if (
            act[Remove.Length..].Split('-') is [var name, var number]
            && _rows.TryGetValue(name, out var rows)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < rows.Count
        )
            rows.RemoveAt(index);
        return true;
    }

    /// <summary>
    /// Removes rows in which nothing was typed, so that each row is an element of the JSON.
    /// </summary>
    public void RemoveEmptyRows()
    {
        foreach (var rows in _rows.Values)
            rows.RemoveAll(row =>
                row.All(field => field.Key is "locale" or "kind" or "source" || field.Value.Trim().Length == 0)
            );
    }

    /// <summary>True if two texts have the same locale, of which JSON would keep one.</summary>
    internal bool RepeatsLocale =>
        _rows[Texts].Select(row => row.GetValueOrDefault("locale", "").Trim()).Distinct().Count() < _rows[Texts].Count;

    /// <summary>The place of the text in a locale; null without one.</summary>
    internal int? PlaceOf(string locale)
    {
        var place = _rows[Texts].FindIndex(row => row.GetValueOrDefault("locale", "").Trim() == locale);
        return place < 0 ? null : place;
    }

    /// <summary>
    /// The JSON of the API, so that both have the same limits and sentences. An empty field is
    /// null.
    /// </summary>
    internal JsonObject ToJson(string kind)
    {
        var body = new JsonObject { ["on"] = Text("on") };
        if (kind == TimelineKind.Update)
        {
            var texts = new JsonObject();
            foreach (var row in _rows[Texts])
                texts[row.GetValueOrDefault("locale", "").Trim()] = Fields(row, "title", "text");
            body[Texts] = texts;
            body[Figures] = new JsonArray([.. _rows[Figures].Select(FigureOf)]);
            body["origin"] =
                Text("origin.publisher") is null && Text("origin.url") is null
                    ? null
                    : new JsonObject
                    {
                        ["publisher"] = Text("origin.publisher"),
                        ["url"] = Text("origin.url"),
                        ["language"] = Text("origin.language"),
                    };
        }
        else
        {
            string[] lines =
                kind == TimelineKind.Event
                    ? ["title", "summary", "place", "country"]
                    : ["title", "summary", "institution"];
            foreach (var line in lines)
                body[line] = Text(line);
        }
        if (kind == TimelineKind.Event)
            body["showPlace"] = IsChecked("showPlace");
        else
            body[Sources] = new JsonArray([
                .. _rows[Sources].Select(row => Fields(row, "title", "publisher", "url", "publishedOn", "kind")),
            ]);
        return body;
    }

    private static JsonObject FigureOf(Dictionary<string, string> row)
    {
        var figure = Fields(row, "label", "series", "unit", "asOf");
        figure["value"] = Number(row.GetValueOrDefault("value"), 0);
        // People count from one.
        figure["source"] = Number(row.GetValueOrDefault("source"), -1);
        return figure;
    }

    // What is no number stays text, which the parser refuses with the name of the field.
    private static JsonNode? Number(string? typed, int shift) =>
        string.IsNullOrWhiteSpace(typed) ? null
        : decimal.TryParse(
            typed.Trim(),
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number + shift
        : typed;

    private static JsonObject Fields(Dictionary<string, string> row, params ReadOnlySpan<string> names)
    {
        var fields = new JsonObject();
        foreach (var name in names)
            fields[name] = string.IsNullOrWhiteSpace(row.GetValueOrDefault(name)) ? null : row[name].Trim();
        return fields;
    }

    private static Dictionary<string, string> RowOf(Figure figure) =>
        new()
        {
            ["label"] = figure.Label,
            ["series"] = figure.Series ?? "",
            ["value"] = figure.Value.ToString(CultureInfo.InvariantCulture),
            ["unit"] = figure.Unit,
            ["asOf"] = Instant.Text(figure.AsOf),
            ["source"] = (figure.Source + 1).ToString(CultureInfo.InvariantCulture),
        };

    private static Dictionary<string, string> RowOf(Source source) =>
        new()
        {
            ["title"] = source.Title,
            ["publisher"] = source.Publisher,
            ["url"] = source.Url ?? "",
            ["publishedOn"] = Instant.Text(source.PublishedOn),
            ["kind"] = source.Kind,
        };

    private string? Text(string field) => string.IsNullOrWhiteSpace(this[field]) ? null : this[field].Trim();

    private static int Index(Match place) => int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(texts|figures|sources)\[([0-9]{1,3})\]\.([A-Za-z]+)$")]
    private static partial Regex Place();
}
