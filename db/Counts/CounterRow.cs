namespace Campaigns.Db.Counts;

/// <summary>The signatures of one country in one bucket.</summary>
internal sealed class CounterRow
{
    public required string Country { get; init; }
    public required string State { get; init; }
    public required long Value { get; init; }
}
