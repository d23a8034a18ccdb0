namespace Campaigns.Staff;

/// <summary>Checks links of the audit trail with their lines, in the order of the chain.</summary>
/// <param name="before">The number of links that are no longer stored.</param>
/// <param name="hash">The hash of the last of them.</param>
public sealed class AuditReplay(long before, string hash)
{
    // The oldest stored link after deleted ones is one whose line was deleted: its hashed day shows that it could be.
    private bool _mustHaveEnded = before > 0;

    /// <summary>The day of the newest line, which says what may be deleted.</summary>
    public required long NewestDay { get; set; }

    /// <summary>The number of the last link that was checked.</summary>
    public long Size { get; private set; } = before;

    /// <summary>The hash of the last link that was checked.</summary>
    public string Hash { get; private set; } = hash;

    /// <summary>Links whose lines were deleted after their time.</summary>
    public long Ended { get; private set; }

    /// <summary>
    /// Continues after links that were deleted since. Their lines were deleted, so they prove
    /// nothing.
    /// </summary>
    public void SkipTo(long size, string hash) => (Size, Hash, _mustHaveEnded) = (size, hash, true);

    /// <summary>Checks the next link; null if it is true.</summary>
    /// <param name="link">The stored link.</param>
    /// <param name="hash">Its stored hash.</param>
    /// <param name="lineId">The line that it names; null once that was deleted.</param>
    /// <param name="salt">The salt of the line.</param>
    /// <param name="line">The line; null if it does not exist.</param>
    public AuditFault? Add(AuditLink link, string hash, long? lineId, string? salt, AuditLine? line)
    {
        if (link.N != Size + 1)
            return new AuditFault(AuditFaultKind.LinkMissing, Size + 1, null);
        if (AuditChain.HashLink(Hash, link) != hash)
            return new AuditFault(AuditFaultKind.LinkChanged, link.N, lineId);
        if (_mustHaveEnded && lineId is not null)
            return new AuditFault(AuditFaultKind.LinkMissing, Size, null);
        _mustHaveEnded = false;
        if (lineId is null)
        {
            if (!AuditRetention.MayBeDeleted(link.Day, link.IsSignIn, NewestDay))
                return new AuditFault(AuditFaultKind.LineDeleted, link.N, null);
            Ended++;
        }
        else if (line is null)
        {
            return new AuditFault(AuditFaultKind.LineDeleted, link.N, lineId);
        }
        else if (salt is null || AuditChain.HashLine(salt, line) != link.LineHash)
        {
            return new AuditFault(AuditFaultKind.LineChanged, link.N, lineId);
        }
        (Size, Hash) = (link.N, hash);
        return null;
    }
}
