namespace Campaigns.Sendings;

/// <summary>A checked order to send an update.</summary>
public sealed record SendingOrder
{
    public required Audience Audience { get; init; }

    /// <summary>When it starts; null for at once.</summary>
    public required DateTimeOffset? At { get; init; }

    /// <summary>When letters may leave; null for the whole day.</summary>
    public required SendingHours? Hours { get; init; }

    /// <summary>
    /// True if the title of the update is the subject of its letters, which a locked screen shows.
    /// </summary>
    public required bool ShowsTitle { get; init; }
}
