using Campaigns.Api.Http;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>What differs between updates, developments and events.</summary>
/// <param name="Kind">One of <see cref="TimelineKind.Written"/>.</param>
/// <param name="Roles">Who reaches them, besides administrators.</param>
/// <param name="Read">Reads the fields; the day is today in the campaign's time zone.</param>
/// <param name="ToRequest">The body that says what an entry says; merge patches apply to
/// it.</param>
/// <param name="ToView">An entry as staff see it, with its earlier versions or without.</param>
internal sealed record EntryResource<TRequest, TView>(
    string Kind,
    IReadOnlyList<string> Roles,
    Func<JsonFields, DateOnly, Outcome<EntryDraft>> Read,
    Func<EntryDraft, TRequest> ToRequest,
    Func<TimelineEntry, IReadOnlyList<EarlierVersion>?, TView> ToView
)
{
    /// <summary>Adds to the view of one entry what other stores know of it.</summary>
    public Func<IServiceProvider, TimelineEntry, TView, TView> Complete { get; init; } = (_, _, view) => view;

    public string Plural => Kind + "s";

    public string AddressOf(string slug, string id) => $"/api/staff/campaigns/{slug}/{Plural}/{id}";
}
