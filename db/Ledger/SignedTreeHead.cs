
namespace Campaigns.Db.Ledger;

/// <summary>A tree head as served.</summary>
public sealed record SignedTreeHead(
    long Size,
    string Root,
    DateTimeOffset SealedAt,
    IReadOnlyDictionary<string, long> Counts,
    string Jws
);
