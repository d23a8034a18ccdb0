using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

// The bodies for the OpenAPI document, and what merge patches apply to; TimelineRequestParser reads the fields.

internal sealed record UpdateTextBody(string Title, string Text);

/// <summary>
/// A number. Figures with the same series are drawn over their dates. Source is the index of its
/// source in sources, from 0.
/// </summary>
internal sealed record FigureBody(
    string Label,
    decimal Value,
    string Unit,
    DateOnly AsOf,
    int Source,
    string? Series = null
)
{
    public static FigureBody From(Figure figure) =>
        new(figure.Label, figure.Value, figure.Unit, figure.AsOf, figure.Source, figure.Series);
}

/// <summary>
/// Where it can be read. Kind is press, report, statement, blog or press release. A source on paper
/// has no url.
/// </summary>
internal sealed record SourceBody(string Title, string Publisher, DateOnly PublishedOn, string Kind, string? Url = null)
{
    public static SourceBody From(Source source) =>
        new(source.Title, source.Publisher, source.PublishedOn, source.Kind, source.Url);

    public static IReadOnlyList<SourceBody> From(IReadOnlyList<Source> sources) => [.. sources.Select(From)];
}

/// <summary>Where a cross-posted update was published first.</summary>
internal sealed record OriginBody(string Publisher, string Language, string? Url = null)
{
    public static OriginBody? From(Origin? origin) =>
        origin is null ? null : new(origin.Publisher, origin.Language, origin.Url);
}

/// <summary>
/// An update. Texts are Markdown without HTML, by locale. On missing is the day of its publication.
/// </summary>
internal sealed record UpdateRequest(
    IReadOnlyDictionary<string, UpdateTextBody> Texts,
    IReadOnlyList<FigureBody>? Figures = null,
    IReadOnlyList<SourceBody>? Sources = null,
    OriginBody? Origin = null,
    DateOnly? On = null
)
{
    public static UpdateRequest From(UpdateDraft draft) =>
        new(
            draft.Texts.ToDictionary(text => text.Locale, text => new UpdateTextBody(text.Title, text.Text)),
            [.. draft.Figures.Select(FigureBody.From)],
            SourceBody.From(draft.Sources),
            OriginBody.From(draft.Origin),
            draft.On
        );
}

/// <summary>
/// A merge patch of an update (RFC 7396): null clears, missing fields stay, arrays replace.
/// </summary>
internal sealed record ChangeUpdateRequest(
    IReadOnlyDictionary<string, UpdateTextBody>? Texts = null,
    IReadOnlyList<FigureBody>? Figures = null,
    IReadOnlyList<SourceBody>? Sources = null,
    OriginBody? Origin = null,
    DateOnly? On = null
);

/// <summary>What an institution did. It is public at once and has at least one source.</summary>
internal sealed record DevelopmentRequest(
    DateOnly On,
    string Institution,
    string Title,
    string Summary,
    IReadOnlyList<SourceBody> Sources
)
{
    public static DevelopmentRequest From(DevelopmentDraft draft) =>
        new(draft.On!.Value, draft.Institution, draft.Title, draft.Summary, SourceBody.From(draft.Sources));
}

/// <summary>A merge patch of a development.</summary>
internal sealed record ChangeDevelopmentRequest(
    DateOnly? On = null,
    string? Institution = null,
    string? Title = null,
    string? Summary = null,
    IReadOnlyList<SourceBody>? Sources = null
);

/// <summary>
/// Where people meet. It is public at once. The place of an event of a sensitive campaign is public
/// only with showPlace.
/// </summary>
internal sealed record EventRequest(
    DateOnly On,
    string Place,
    string Country,
    string Title,
    string Summary,
    bool ShowPlace = false
)
{
    public static EventRequest From(EventDraft draft) =>
        new(draft.On!.Value, draft.Place, draft.Country, draft.Title, draft.Summary, draft.ShowsPlace);
}

/// <summary>A merge patch of an event.</summary>
internal sealed record ChangeEventRequest(
    DateOnly? On = null,
    string? Place = null,
    string? Country = null,
    string? Title = null,
    string? Summary = null,
    bool? ShowPlace = null
);
