
namespace Campaigns.Db.Counts;

/// <summary>
/// The public count of confirmed signatures, by listed country and <c>ZZ</c>, and the part that the
/// newest served tree head proves.
/// </summary>
public sealed record PublicCounts(
    DateTimeOffset AsOf,
    IReadOnlyDictionary<string, long> ByCountry,
    long SealedSize,
    long SealedConfirmed
)
{
    public long Confirmed => ByCountry.Values.Sum();
}
