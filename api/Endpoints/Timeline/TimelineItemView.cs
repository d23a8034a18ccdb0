using System.Text.Json.Serialization;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>
/// An item of a timeline in the reader's language. Kind is update, development, event, milestone,
/// handover or answer. Text is Markdown for an update. Of a withdrawn item only the day stays.
/// Fields that its kind has not are missing.
/// </summary>
internal sealed record TimelineItemView(
    string Kind,
    DateOnly On,
    string Title,
    string? Text,
    IReadOnlyList<FigureBody> Figures,
    IReadOnlyList<SourceBody> Sources,
    string Locale,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Institution = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Place = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Country = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OriginBody? Origin = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? CorrectedOn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? WithdrawnOn = null
)
{
    public static TimelineItemView From(TimelineItem item) =>
        new(
            item.Kind,
            item.On,
            item.Title,
            item.Text,
            [.. item.Figures.Select(FigureBody.From)],
            SourceBody.From(item.Sources),
            item.Locale,
            item.Institution,
            item.Place,
            item.Country,
            OriginBody.From(item.Origin),
            item.CorrectedOn,
            item.WithdrawnOn
        );
}
