using System.Globalization;
using System.Text.Json.Nodes;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Timeline;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>The form of an entry of the timeline.</summary>
public sealed class EntryForm : RowForm
{
    public const string Texts = "texts";
    public const string Figures = "figures";
    public const string Sources = "sources";

    public EntryForm()
        : base(Texts, Figures, Sources) { }

    /// <summary>A form with an empty row in each list that a new entry needs.</summary>
    /// <param name="locales">The languages of the campaign, each with an empty text.</param>
    public static EntryForm Empty(IEnumerable<string> locales)
    {
        var form = new EntryForm();
        foreach (var locale in locales)
            form.AddRow(Texts, ("locale", locale));
        form.AddRow(Sources);
        return form;
    }

    /// <summary>The form of an entry as it is.</summary>
    public static EntryForm From(EntryDraft draft)
    {
        var form = new EntryForm();
        form.Set("on", draft.On is { } day ? Instant.Text(day) : "");
        switch (draft)
        {
            case UpdateDraft update:
                form.Set("origin.publisher", update.Origin?.Publisher);
                form.Set("origin.url", update.Origin?.Url);
                form.Set("origin.language", update.Origin?.Language);
                foreach (var text in update.Texts)
                    form.AddRow(Texts, ("locale", text.Locale), ("title", text.Title), ("text", text.Text));
                foreach (var figure in update.Figures)
                    form.AddFigure(figure);
                form.AddSources(update.Sources);
                break;
            case DevelopmentDraft development:
                form.Set("institution", development.Institution);
                form.Set("title", development.Title);
                form.Set("summary", development.Summary);
                form.AddSources(development.Sources);
                break;
            case EventDraft meeting:
                form.Set("place", meeting.Place);
                form.Set("country", meeting.Country);
                form.Set("title", meeting.Title);
                form.Set("summary", meeting.Summary);
                form.Set("showPlace", meeting.ShowsPlace ? PageForm.Yes : "");
                break;
        }
        return form;
    }

    /// <summary>A form that was posted.</summary>
    public static EntryForm From(IFormCollection fields)
    {
        var form = new EntryForm();
        form.Read(fields);
        return form;
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
            foreach (var row in Rows(Texts))
                texts[row.GetValueOrDefault("locale", "").Trim()] = Fields(row, "title", "text");
            body[Texts] = texts;
            body[Figures] = new JsonArray([.. Rows(Figures).Select(FigureOf)]);
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
                .. Rows(Sources).Select(row => Fields(row, "title", "publisher", "url", "publishedOn", "kind")),
            ]);
        return body;
    }

    private static JsonObject FigureOf(IReadOnlyDictionary<string, string> row)
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

    private static JsonObject Fields(IReadOnlyDictionary<string, string> row, params ReadOnlySpan<string> names)
    {
        var fields = new JsonObject();
        foreach (var name in names)
            fields[name] = string.IsNullOrWhiteSpace(row.GetValueOrDefault(name)) ? null : row[name].Trim();
        return fields;
    }

    protected override bool IsUntouched(string field, string value) =>
        field is "locale" or "kind" or "source" || value.Trim().Length == 0;

    private void AddFigure(Figure figure) =>
        AddRow(
            Figures,
            ("label", figure.Label),
            ("series", figure.Series),
            ("value", figure.Value.ToString(CultureInfo.InvariantCulture)),
            ("unit", figure.Unit),
            ("asOf", Instant.Text(figure.AsOf)),
            ("source", (figure.Source + 1).ToString(CultureInfo.InvariantCulture))
        );

    private void AddSources(IEnumerable<Source> sources)
    {
        foreach (var source in sources)
            AddRow(
                Sources,
                ("title", source.Title),
                ("publisher", source.Publisher),
                ("url", source.Url),
                ("publishedOn", Instant.Text(source.PublishedOn)),
                ("kind", source.Kind)
            );
    }

    private string? Text(string field) => string.IsNullOrWhiteSpace(this[field]) ? null : this[field].Trim();
}
