namespace Campaigns.Timeline;

/// <summary>
/// What staff write into the timeline: one of <see cref="UpdateDraft"/>,
/// <see cref="DevelopmentDraft"/> and <see cref="EventDraft"/>. Its fields are checked.
/// </summary>
public abstract record EntryDraft
{
    /// <summary>
    /// The day it is about. Null only for the draft of an update, which gets the day of its
    /// publication.
    /// </summary>
    public required DateOnly? On { get; init; }
}
