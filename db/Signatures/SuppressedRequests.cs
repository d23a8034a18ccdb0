using Campaigns.Db.Engine;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Which requests to sign get no letter, because their address is suppressed. A mailbox that was
/// missing once is tried again for a request that gets a letter.
/// </summary>
internal static class SuppressedRequests
{
    /// <summary>The ids of the rows of suppressed requests; begins the retries of others.</summary>
    public static HashSet<long> Find(
        WriteTransaction write,
        IReadOnlyList<AcceptedSignature> round,
        IReadOnlyList<LookupKey> lookups,
        Dictionary<long, SignatureRow> known,
        RecentLetters letters
    )
    {
        var suppressed = SigningTable.FindSuppressed(write, lookups);
        var retried = round
            .Where(one => one.TakesLetters && suppressed.GetValueOrDefault(one.Row.Id))
            .Where(one => !known.TryGetValue(one.Row.Id, out var row) || letters.IsBelowLimit(row.Id))
            .Select(one => one.Row.Id)
            .ToHashSet();
        if (retried.Count > 0)
            retried = SigningTable.BeginRetries(write, [.. lookups.Where(lookup => retried.Contains(lookup.Request))]);
        return [.. suppressed.Keys.Except(retried)];
    }
}
