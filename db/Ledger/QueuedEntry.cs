using Campaigns.Ledger;

namespace Campaigns.Db.Ledger;

/// <summary>A queued ledger entry, with the commitment of its signature's row.</summary>
internal sealed class QueuedEntry
{
    /// <summary>
    /// The columns and tables; append conditions on <c>q</c>, the queue.
    /// </summary>
    public const string Select = """
        SELECT q.id, q.campaign_id, q.kind, q.signature_id, q.of_n, q.country, q.reason, q.commitment, q.text_hash,
               s.commitment AS signed
        FROM ledger_queue q LEFT JOIN signatures s ON s.campaign_id = q.campaign_id AND s.id = q.signature_id
        """;

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string Kind { get; init; }
    public required long? SignatureId { get; init; }
    public required long? OfN { get; init; }
    public required string Country { get; init; }
    public required string? Reason { get; init; }
    public required byte[]? Commitment { get; init; }
    public required string? TextHash { get; init; }

    /// <summary>
    /// The commitment in the signature's row; null if the row is missing or erased.
    /// </summary>
    public required byte[]? Signed { get; init; }

    /// <summary>True if its line could not be proven.</summary>
    public bool IsDamaged =>
        Kind == LedgerLine.Add
            ? TextHash is null
                || Commitment?.Length != LedgerLine.CommitmentBytes
                || (Signed is not null && !Commitment.AsSpan().SequenceEqual(Signed))
            : OfN is null || Reason is null;
}
