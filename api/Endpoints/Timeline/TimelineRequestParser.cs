using Campaigns.Api.Http;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>Reads and checks what staff write into a timeline.</summary>
internal static class TimelineRequestParser
{
    /// <summary>
    /// Reads the fields of an entry of a kind; the day is today in the campaign's time zone.
    /// </summary>
    public static Func<JsonFields, DateOnly, Outcome<EntryDraft>> ReaderOf(string kind) =>
        kind switch
        {
            TimelineKind.Update => ReadUpdate,
            TimelineKind.Development => ReadDevelopment,
            TimelineKind.Event => ReadEvent,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    public static Outcome<EntryDraft> ReadUpdate(JsonFields fields, DateOnly today)
    {
        fields.Only("on", "texts", "figures", "sources", "origin");
        var sources = ReadSources(fields);
        var draft = new UpdateDraft
        {
            On = ReadDay(fields, TimelineKind.Update, today),
            Texts = ReadTexts(fields),
            Figures = ReadFigures(fields, sources.Count),
            Sources = sources,
            Origin = ReadOrigin(fields),
        };
        return fields.Errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    public static Outcome<EntryDraft> ReadDevelopment(JsonFields fields, DateOnly today)
    {
        fields.Only("on", "institution", "title", "summary", "sources");
        var draft = new DevelopmentDraft
        {
            On = ReadDay(fields, TimelineKind.Development, today) ?? Missing<DateOnly?>(fields, "on"),
            Institution = RequiredLine(fields, "institution", TimelineRules.Line),
            Title = RequiredLine(fields, "title", TimelineRules.Title),
            Summary = RequiredProse(fields, "summary"),
            Sources = ReadSources(fields),
        };
        return fields.Errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    public static Outcome<EntryDraft> ReadEvent(JsonFields fields, DateOnly today)
    {
        fields.Only("on", "place", "country", "title", "summary", "showPlace");
        var country = fields.String("country");
        if (CampaignFields.CountryProblem(country) is { } problem && !fields.Errors.Has("country"))
            fields.Errors.Add("country", problem);
        var draft = new EventDraft
        {
            On = ReadDay(fields, TimelineKind.Event, today) ?? Missing<DateOnly?>(fields, "on"),
            Place = RequiredLine(fields, "place", TimelineRules.Line),
            Country = country ?? "",
            Title = RequiredLine(fields, "title", TimelineRules.Title),
            Summary = RequiredProse(fields, "summary"),
            ShowsPlace = fields.Boolean("showPlace") ?? false,
        };
        return fields.Errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    private static DateOnly? ReadDay(JsonFields fields, string kind, DateOnly today)
    {
        if (fields.Date("on") is not { } day)
            return null;
        if (TimelineRules.DayProblem(kind, day, today) is { } problem)
            fields.Errors.Add("on", problem);
        return day;
    }

    private static List<UpdateText> ReadTexts(JsonFields fields)
    {
        var errorsBefore = fields.Errors.Count;
        var entries = fields.Entries("texts", TimelineRules.MostTexts) ?? [];
        if (entries.Count == 0 && fields.Errors.Count == errorsBefore)
            fields.Errors.Add("texts", "An update has at least one text.");
        var texts = new List<UpdateText>();
        foreach (var (locale, text) in entries)
        {
            text.Only("title", "text");
            if (CampaignFields.LocaleProblem(locale) is { } problem)
                fields.Errors.Add("texts", problem);
            var words = RequiredProse(text, "text");
            if (!Markdown.IsReadable(words))
                fields.Errors.Add(text.Path("text"), "Lists and quotations are nested too deeply.");
            texts.Add(new UpdateText(locale, RequiredLine(text, "title", TimelineRules.Title), words));
        }
        if (texts.Select(text => text.Locale).Distinct().Count() < texts.Count)
            fields.Errors.Add("texts", "Each locale has one text.");
        return texts;
    }

    private static List<Figure> ReadFigures(JsonFields fields, int sources) =>
        [
            .. (fields.Objects("figures", TimelineRules.MostFigures) ?? [])
                .Select(item => item.Only("label", "series", "value", "unit", "asOf", "source"))
                .Select(item => new Figure(
                    RequiredLine(item, "label", TimelineRules.Line),
                    item.Line("series", TimelineRules.Line),
                    ReadValue(item),
                    RequiredLine(item, "unit", TimelineRules.Line),
                    item.Date("asOf") ?? Missing<DateOnly>(item, "asOf"),
                    ReadSource(item, sources)
                )),
        ];

    private static decimal ReadValue(JsonFields item)
    {
        if (item.Decimal("value") is not { } value)
            return Missing<decimal>(item, "value");
        if (TimelineRules.ValueProblem(value) is { } problem)
            item.Errors.Add(item.Path("value"), problem);
        return value;
    }

    private static int ReadSource(JsonFields item, int sources)
    {
        if (item.Integer("source", 0, TimelineRules.MostSources - 1) is not { } place)
            return Missing<int>(item, "source");
        if (place >= sources)
            item.Errors.Add(item.Path("source"), "This must be the place of a source in sources, from 0.");
        return place;
    }

    private static List<Source> ReadSources(JsonFields fields) =>
        [
            .. (fields.Objects("sources", TimelineRules.MostSources) ?? [])
                .Select(item => item.Only("title", "publisher", "url", "publishedOn", "kind"))
                .Select(item => new Source(
                    RequiredLine(item, "title", TimelineRules.Line),
                    RequiredLine(item, "publisher", TimelineRules.Line),
                    ReadUrl(item),
                    item.Date("publishedOn") ?? Missing<DateOnly>(item, "publishedOn"),
                    ReadKind(item)
                )),
        ];

    private static string ReadKind(JsonFields item)
    {
        var kind = item.String("kind");
        if (TimelineRules.SourceKindProblem(kind) is { } problem && !item.Errors.Has(item.Path("kind")))
            item.Errors.Add(item.Path("kind"), problem);
        return kind ?? "";
    }

    private static Origin? ReadOrigin(JsonFields fields)
    {
        if (fields.Object("origin")?.Only("publisher", "url", "language") is not { } origin)
            return null;
        var language = origin.String("language") ?? Missing<string>(origin, "language") ?? "";
        if (CampaignFields.LocaleProblem(language) is { } problem && !origin.Errors.Has(origin.Path("language")))
            origin.Errors.Add(origin.Path("language"), problem);
        return new Origin(RequiredLine(origin, "publisher", TimelineRules.Line), ReadUrl(origin), language);
    }

    private static string? ReadUrl(JsonFields fields)
    {
        if (fields.Line("url", TimelineRules.Url) is not { } url)
            return null;
        if (TimelineRules.UrlProblem(url) is { } problem)
            fields.Errors.Add(fields.Path("url"), problem);
        return url;
    }

    private static string RequiredLine(JsonFields fields, string name, int most) =>
        fields.Line(name, most) ?? Missing<string>(fields, name) ?? "";

    private static string RequiredProse(JsonFields fields, string name) =>
        fields.Prose(name, TimelineRules.Prose) ?? Missing<string>(fields, name) ?? "";

    /// <summary>
    /// Adds an error for a required field, unless the field has one already. Returns the default.
    /// </summary>
    private static T? Missing<T>(JsonFields fields, string name)
    {
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "This is required.");
        return default;
    }
}
