namespace Campaigns.Db.Counts;

/// <summary>The counters of an hour for one country or one mail provider.</summary>
internal sealed class HourCounterRow
{
    public required long Hour { get; init; }

    /// <summary>A country or a provider.</summary>
    public required string Key { get; init; }
    public required long Signed { get; init; }
    public required long Letters { get; init; }
    public required long Pressed { get; init; }
    public required long Confirmed { get; init; }
}
