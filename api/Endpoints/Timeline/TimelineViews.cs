using System.Text.Json.Serialization;
using Campaigns.Api.Endpoints.Sendings;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>What a published entry said before a correction, and since when.</summary>
internal sealed record EarlierView<T>(T Content, DateTimeOffset SavedAt)
{
    public static IReadOnlyList<EarlierView<T>>? From(
        IReadOnlyList<EarlierVersion>? earlier,
        Func<EntryDraft, T> read
    ) => earlier?.Select(one => new EarlierView<T>(read(one.Draft), one.SavedAt)).ToList();
}

/// <summary>
/// An update as staff see it. State is draft, published or withdrawn. Countries are those of the
/// organiser who wrote it. Earlier is what it said before each correction, newest first, and
/// sending how it goes to subscribers; only the update itself has them, not the list.
/// </summary>
internal sealed record UpdateView(
    string Id,
    string State,
    DateOnly? On,
    IReadOnlyDictionary<string, UpdateTextBody> Texts,
    IReadOnlyList<FigureBody> Figures,
    IReadOnlyList<SourceBody> Sources,
    OriginBody? Origin,
    IReadOnlyList<string>? Countries,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? CorrectedAt,
    DateTimeOffset? WithdrawnAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<EarlierView<UpdateRequest>>? Earlier = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SendingView? Sending = null
)
{
    public static UpdateView From(TimelineEntry entry, IReadOnlyList<EarlierVersion>? earlier)
    {
        var content = UpdateRequest.From((UpdateDraft)entry.Draft);
        return new UpdateView(
            Ids.Text(entry.Id),
            entry.State,
            content.On,
            content.Texts,
            content.Figures!,
            content.Sources!,
            content.Origin,
            entry.Countries,
            entry.CreatedAt,
            entry.PublishedAt,
            entry.CorrectedAt,
            entry.WithdrawnAt,
            EarlierView<UpdateRequest>.From(earlier, draft => UpdateRequest.From((UpdateDraft)draft))
        );
    }
}

/// <summary>A development as staff see it. State is published or withdrawn.</summary>
internal sealed record DevelopmentView(
    string Id,
    string State,
    DateOnly On,
    string Institution,
    string Title,
    string Summary,
    IReadOnlyList<SourceBody> Sources,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? CorrectedAt,
    DateTimeOffset? WithdrawnAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<EarlierView<DevelopmentRequest>>? Earlier = null
)
{
    public static DevelopmentView From(TimelineEntry entry, IReadOnlyList<EarlierVersion>? earlier)
    {
        var content = DevelopmentRequest.From((DevelopmentDraft)entry.Draft);
        return new DevelopmentView(
            Ids.Text(entry.Id),
            entry.State,
            content.On,
            content.Institution,
            content.Title,
            content.Summary,
            content.Sources,
            entry.CreatedAt,
            entry.PublishedAt,
            entry.CorrectedAt,
            entry.WithdrawnAt,
            EarlierView<DevelopmentRequest>.From(earlier, draft => DevelopmentRequest.From((DevelopmentDraft)draft))
        );
    }
}

/// <summary>An event as staff see it. State is published or withdrawn.</summary>
internal sealed record EventView(
    string Id,
    string State,
    DateOnly On,
    string Place,
    string Country,
    string Title,
    string Summary,
    bool ShowPlace,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? CorrectedAt,
    DateTimeOffset? WithdrawnAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<EarlierView<EventRequest>>? Earlier = null
)
{
    public static EventView From(TimelineEntry entry, IReadOnlyList<EarlierVersion>? earlier)
    {
        var content = EventRequest.From((EventDraft)entry.Draft);
        return new EventView(
            Ids.Text(entry.Id),
            entry.State,
            content.On,
            content.Place,
            content.Country,
            content.Title,
            content.Summary,
            content.ShowPlace,
            entry.CreatedAt,
            entry.PublishedAt,
            entry.CorrectedAt,
            entry.WithdrawnAt,
            EarlierView<EventRequest>.From(earlier, draft => EventRequest.From((EventDraft)draft))
        );
    }
}
