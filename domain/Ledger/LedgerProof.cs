namespace Campaigns.Ledger;

/// <summary>The inclusion path from one ledger line to the root of a signed head.</summary>
public sealed record LedgerProof(long N, long Size, string LeafHash, IReadOnlyList<string> Path);
