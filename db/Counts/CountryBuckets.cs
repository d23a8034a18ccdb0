
namespace Campaigns.Db.Counts;

/// <summary>The signatures of one real country by bucket, for staff.</summary>
public sealed record CountryBuckets(string Country, IReadOnlyDictionary<string, long> Buckets);
