
namespace Campaigns.Db.Counts;

public sealed record DayCount
{
    public required DateOnly Day { get; init; }
    public required string Country { get; init; }
    public required long Confirmed { get; init; }
}
