using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// Erases the personal data of a finished campaign at the end of its term. Unlike an erasure by the
/// signer it does not change states, counts and ledger, because the signatures remain valid.
/// </summary>
public sealed class RetentionStore(Database database)
{
    private const string SelectTerms = """
        SELECT id, state, closes_at, closed_at, hand_over_on, erase_after_days, erased_at FROM campaigns
        WHERE erase_after_days IS NOT NULL
        ORDER BY id
        """;

    // A confirmed signature is excluded until it is sealed, about a minute later, so that its commitment does not
    // change before.
    private const string IsErasable = $"""
        contact IS NOT NULL
        AND (state <> '{SignatureState.Confirmed}' OR hold_reason IS NOT NULL OR ledger_n IS NOT NULL)
        """;

    private const string SelectNext = $"""
        SELECT id FROM signatures WHERE campaign_id = @campaignId AND id > @after AND {IsErasable}
        ORDER BY id LIMIT @limit
        """;

    private const string SelectPromised =
        "SELECT id FROM campaigns WHERE next_erasure IS NOT NULL AND next_erasure <= @now ORDER BY id";

    private const string SelectNextPromised = $"""
        SELECT id FROM signatures
        WHERE campaign_id = @campaignId AND id > @after AND erase_by <= @until AND {IsErasable}
        ORDER BY id LIMIT @limit
        """;

    private const string RaiseNextErasure = """
        UPDATE campaigns SET next_erasure = (
            SELECT MIN(erase_by) FROM signatures WHERE campaign_id = @campaignId AND contact IS NOT NULL)
        WHERE id = @campaignId
        """;

    private const string FindAgain = $$"""
        SELECT {{SignatureRow.Columns}} FROM signatures
        WHERE campaign_id = @campaignId AND id IN {=ids} AND {{IsErasable}}
        ORDER BY id {for_update}
        """;

    private const string UnlinkEntries = """
        UPDATE ledger_entries SET signature_id = NULL
        WHERE campaign_id = @campaignId AND n IN (
            SELECT ledger_n FROM signatures WHERE campaign_id = @campaignId AND id IN {=ids} AND ledger_n IS NOT NULL)
        """;

    // The day of confirmation stays, because the counts by day are recounted from it; the time of day is cleared, here
    // and in the counts by hour.
    private const string Clear = """
        UPDATE signatures
        SET locale = NULL, disclosure = NULL, disclosed_at = NULL, updates = 0,
            text_hash = NULL, privacy_version = NULL, blind_index = NULL, folded_index = NULL, index_version = NULL,
            contact = NULL, person = NULL, ledger_key = NULL, commitment = NULL, ledger_n = NULL,
            signed_at = NULL, confirm_expires_at = NULL, erase_by = NULL, corrected_at = NULL,
            confirmed_at = confirmed_at - confirmed_at % 86400000, invalid_reason = NULL, wave = NULL,
            invalidation = NULL, undo_until = NULL, undo_index = NULL, undone_at = NULL
        WHERE campaign_id = @campaignId AND id IN {=ids}
        """;

    private const string DeleteConsents =
        "DELETE FROM consents WHERE campaign_id = @campaignId AND signature_id IN {=ids}";

    private const string DeleteLetters =
        "DELETE FROM letters WHERE campaign_id = @campaignId AND signature_id IN {=ids}";

    private const string Finish = """
        UPDATE campaigns SET erased_at = @now
        WHERE id = @campaignId
          AND NOT EXISTS (SELECT 1 FROM signatures WHERE campaign_id = @campaignId AND contact IS NOT NULL)
        """;

    /// <summary>Campaigns past their term whose data are not all erased.</summary>
    public IReadOnlyList<long> FindDue(DateTimeOffset now)
    {
        using var connection = database.Read();
        return [.. connection.Query<TermRow>(SelectTerms).Where(row => row.IsDue(now)).Select(row => row.Id)];
    }

    /// <summary>
    /// Campaigns with a signature whose promised erasure may have come. A change of the campaign
    /// does not put such an erasure off.
    /// </summary>
    public IReadOnlyList<long> FindPromised(DateTimeOffset now)
    {
        using var connection = database.Read();
        return [.. connection.Query<long>(SelectPromised, new { now = now.ToUnixTimeMilliseconds() })];
    }

    /// <summary>Notes the next promised erasure, after the earlier ones were done.</summary>
    public Task ScheduleAsync(long campaignId, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write => write.Connection.Execute(write.Sql(RaiseNextErasure), new { campaignId }),
            cancellationToken
        );

    /// <summary>
    /// The next signatures to erase, ordered by id; with <paramref name="promisedBy"/> only those
    /// that were promised to be erased by then.
    /// </summary>
    public IReadOnlyList<long> FindNext(long campaignId, long after, int limit, DateTimeOffset? promisedBy = null)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<long>(
                promisedBy is null ? SelectNext : SelectNextPromised,
                new
                {
                    campaignId,
                    after,
                    limit,
                    until = promisedBy?.ToUnixTimeMilliseconds(),
                }
            ),
        ];
    }

    /// <summary>Erases signatures, except those already erased; returns how many.</summary>
    public Task<int> EraseAsync(long campaignId, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                var rows = write.Connection.Query<SignatureRow>(write.Sql(FindAgain), new { campaignId, ids }).ToList();
                var changed = rows.ToLookup(row => EndTerm(row).State is not null);
                // Uncounted signatures change state too: pending becomes expired, on hold becomes erased.
                foreach (var row in changed[true])
                {
                    CountedSignatures.Apply(write, row, EndTerm(row));
                    Erasure.ClearPersonalData(write, row, EndTerm(row).State!);
                }
                foreach (var row in changed[false].Where(row => !row.Phase.IsCounted()))
                    UnresolvedRemovals.Note(write, row);
                foreach (var row in changed[false].Where(row => row.Phase.IsCounted()))
                    write.CountAtMidnight(campaignId, row.ConfirmedAt!.Value, row.Country);
                ClearAll(write, campaignId, [.. changed[false].Select(row => row.Id)]);
                return rows.Count;
            },
            cancellationToken
        );

    /// <summary>
    /// Marks the campaign as erased, unless signatures are left for the next run.
    /// </summary>
    public Task FinishAsync(long campaignId, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                write.Connection.Execute(
                    "DELETE FROM suppressions WHERE campaign_id = @campaignId",
                    new { campaignId }
                );
                return write.Connection.Execute(Finish, new { campaignId, now = write.Now.ToUnixTimeMilliseconds() });
            },
            cancellationToken
        );

    private static SignatureTransition EndTerm(SignatureRow row) =>
        SignatureLifecycle.Find(row.Phase, SignatureAct.EndTerm);

    private static void ClearAll(WriteTransaction write, long campaignId, IReadOnlyList<long> ids)
    {
        if (ids.Count == 0)
            return;
        var parameters = new { campaignId, ids };
        write.Connection.Execute(UnlinkEntries, parameters);
        write.Connection.Execute(Clear, parameters);
        write.Connection.Execute(DeleteConsents, parameters);
        write.Connection.Execute(DeleteLetters, parameters);
        PacketInvalidation.InvalidateAll(write, campaignId);
    }

    private sealed class TermRow
    {
        public required long Id { get; init; }
        public required string State { get; init; }
        public required DateTimeOffset? ClosesAt { get; init; }
        public required DateTimeOffset? ClosedAt { get; init; }
        public required DateOnly? HandOverOn { get; init; }
        public required int? EraseAfterDays { get; init; }
        public required DateTimeOffset? ErasedAt { get; init; }

        public bool IsDue(DateTimeOffset now) =>
            Retention.Of(State, EraseAfterDays, HandOverOn, ClosesAt, ClosedAt).IsDue(ErasedAt, now);
    }
}
