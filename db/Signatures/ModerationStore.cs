using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>A signature on hold as staff see it, without personal data.</summary>
public sealed record SignatureOnHold
{
    public required long Id { get; init; }
    public required string State { get; init; }
    public required string Country { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset SignedAt { get; init; }
}

/// <summary>Staff decisions about single signatures, which staff identify by id only.</summary>
public sealed class ModerationStore(Database database)
{
    private static readonly string _selectOnHold = $"""
        SELECT id, state, country, hold_reason AS reason, signed_at FROM signatures
        WHERE campaign_id = @campaignId AND hold_reason IS NOT NULL AND id > @after
          AND {SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Release))}
        ORDER BY id LIMIT @limit
        """;

    private static readonly string _countOnHold = $"""
        SELECT hold_reason AS reason, count(*) AS signatures FROM signatures
        WHERE campaign_id = @campaignId AND {HoldCondition.IsOnHold} GROUP BY hold_reason
        """;

    /// <summary>How many signatures are on hold, by reason.</summary>
    public IReadOnlyDictionary<string, long> CountOnHold(long campaignId)
    {
        using var connection = database.Read();
        return connection
            .Query<HoldCount>(_countOnHold, new { campaignId })
            .ToDictionary(row => row.Reason, row => row.Signatures, StringComparer.Ordinal);
    }

    public IReadOnlyList<SignatureOnHold> ListOnHold(long campaignId, long after, int limit)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<SignatureOnHold>(
                _selectOnHold,
                new
                {
                    campaignId,
                    after,
                    limit,
                }
            ),
        ];
    }

    /// <summary>
    /// Ends a hold. A confirmed signature is then counted and queued for the ledger. Does nothing
    /// for a signature that is not on hold.
    /// </summary>
    public Task<Refusal?> ReleaseAsync(Campaign campaign, long id, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            var row = SignatureRow.Find(write, campaign.Id, id);
            if (row is null)
                return Refusal.NotFound;
            var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.Release);
            if (!transition.ChangesRow)
                return transition.Refusal;
            SignatureTransitions.Release(write, row);
            actor.Audit(write, "signature.release", campaign.Slug, Ids.Text(id));
            return null;
        });

    /// <summary>Invalidates a signature, with a reason. Repeatable.</summary>
    public Task<Refusal?> InvalidateAsync(Campaign campaign, long id, string reason, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            var row = SignatureRow.Find(write, campaign.Id, id);
            if (row is null)
                return Refusal.NotFound;
            // Retention unlinks rows from their ledger lines, so a cleared signature cannot be invalidated.
            var transition = SignatureLifecycle.Find(row.Phase, SignatureLifecycle.Invalidation(reason));
            if (!transition.ChangesRow)
                return transition.Refusal;
            SignatureTransitions.Invalidate(write, row, reason);
            actor.Audit(write, "signature.invalidate", campaign.Slug, Ids.Text(id));
            return null;
        });

    private sealed class HoldCount
    {
        public required string Reason { get; init; }
        public required long Signatures { get; init; }
    }
}
