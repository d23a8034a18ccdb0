namespace Campaigns.Db.Staff;

/// <summary>An address for the calendar program of a member, without its secret.</summary>
public sealed record StaffCalendar
{
    public required long Id { get; init; }

    /// <summary>Null for every campaign that the member reaches.</summary>
    public required long? CampaignId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last read, to the hour.</summary>
    public required DateTimeOffset? UsedAt { get; init; }
}
