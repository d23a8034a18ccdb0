using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Invalidations;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Invalidates a signature so that staff can undo it for a time: its data stays, and its address is
/// free. Undoes it, or makes it final.
/// </summary>
internal static class BulkInvalidation
{
    private const string MarkRow = """
        UPDATE signatures
        SET state = 'invalidated', invalid_reason = @reason, invalidation = @invalidation, undo_until = @until,
            undo_index = blind_index, blind_index = NULL
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string RestoreRow = """
        UPDATE signatures
        SET state = @state, invalid_reason = NULL, invalidation = NULL, undo_until = NULL, undo_index = NULL,
            undone_at = @now, blind_index = @Index, index_version = @Version,
            ledger_n = NULL, ledger_key = @ledgerKey, commitment = @commitment
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string UnlinkEntry =
        "UPDATE ledger_entries SET signature_id = NULL WHERE campaign_id = @CampaignId AND n = @LedgerN";

    private const string CountDisowned = """
        SELECT count(*) FROM suppressions
        WHERE campaign_id = @campaignId AND blind_index = @index AND reason = @NotMe AND until > @now
        """;

    /// <summary>Invalidates a signature that the lifecycle lets be invalidated.</summary>
    public static void Invalidate(
        WriteTransaction write,
        SignatureRow row,
        long invalidation,
        string reason,
        DateTimeOffset startedAt
    )
    {
        write.Journal(
            new JournalEntry(write.Now, JournalEntry.BulkInvalidate, row.CampaignId, row.Id)
            {
                Invalidation = invalidation,
            }
        );
        Apply(write, row, invalidation, reason, startedAt);
    }

    /// <summary>Invalidates without a journal entry, because the journal has one already.</summary>
    public static void Apply(
        WriteTransaction write,
        SignatureRow row,
        long? invalidation,
        string reason,
        DateTimeOffset startedAt
    )
    {
        CountedSignatures.Apply(write, row, SignatureLifecycle.Find(row.Phase, SignatureAct.BulkInvalidate));
        write.Connection.Execute(
            MarkRow,
            new
            {
                row.CampaignId,
                row.Id,
                invalidation,
                reason,
                until = (startedAt + InvalidationRules.UndoTime).ToUnixTimeMilliseconds(),
            }
        );
    }

    /// <summary>
    /// Undoes it; false if the row cannot come back: another row has its address, its owner said
    /// "not me" since, or the signer or the campaign's term ended it.
    /// </summary>
    public static bool TryUndo(
        WriteTransaction write,
        Campaign campaign,
        SignatureRow row,
        KeyRing keys,
        SignatureEncryption encryption
    )
    {
        if (!row.Phase.CanUndo() || FindAddress(row, encryption) is not { } email || IsTaken(write, row, email, keys))
            return false;
        var transition = SignatureLifecycle.Find(
            row.Phase,
            SignatureLifecycle.Undo(wasConfirmed: row.ConfirmedAt is not null)
        );
        write.Journal(JournalEntry.UndoInvalidation, row.CampaignId, row.Id);
        Restore(write, campaign, row, transition, email, keys, encryption);
        return true;
    }

    /// <summary>
    /// The entries without the bulk invalidations that a later entry undoes. A restored backup from
    /// before both keeps such a signature.
    /// </summary>
    public static IEnumerable<JournalEntry> WithoutUndone(IReadOnlyList<JournalEntry> entries)
    {
        var undone = entries
            .Where(entry => entry.Kind == JournalEntry.UndoInvalidation)
            .GroupBy(entry => (entry.CampaignId, entry.SignatureId))
            .ToDictionary(group => group.Key, group => group.Max(entry => entry.At));
        return entries.Where(entry =>
            entry.Kind != JournalEntry.BulkInvalidate
            || !undone.TryGetValue((entry.CampaignId, entry.SignatureId), out var at)
            || at < entry.At
        );
    }

    // The line of before was removed for good. A new one has a new commitment, so that nothing ties the two together.
    private static void Restore(
        WriteTransaction write,
        Campaign campaign,
        SignatureRow row,
        SignatureTransition transition,
        string email,
        KeyRing keys,
        SignatureEncryption encryption
    )
    {
        UnresolvedRemovals.Note(write, row);
        if (row.LedgerN is not null)
            write.Connection.Execute(UnlinkEntry, new { row.CampaignId, row.LedgerN });
        var ledgerKey = Commitment.NewKey();
        var commitment = Commitment.Compute(ledgerKey, campaign.Slug, row.TextHash!, row.LineCountry!, email);
        CountedSignatures.Apply(write, row with { LedgerN = null, Commitment = commitment }, transition);
        var address = keys.BlindIndex.Address(row.CampaignId, email);
        using var encryptor = encryption.Row(row.Id);
        write.Connection.Execute(
            RestoreRow,
            new
            {
                row.CampaignId,
                row.Id,
                state = transition.State,
                now = write.Now.ToUnixTimeMilliseconds(),
                address.Index,
                address.Version,
                ledgerKey = encryptor.LedgerKey(ledgerKey),
                commitment,
            }
        );
    }

    // A damaged row cannot be compared with the addresses that signed since.
    private static string? FindAddress(SignatureRow row, SignatureEncryption encryption)
    {
        try
        {
            return encryption.DecryptContact(row.Id, row.Contact!).Normalised;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsTaken(WriteTransaction write, SignatureRow row, string email, KeyRing keys)
    {
        var candidates = keys.BlindIndex.Candidates(row.CampaignId, email);
        List<LookupKey> lookups = [.. candidates.Select(index => new LookupKey(row.Id, row.CampaignId, index))];
        return SigningTable.FindKnown(write, lookups).Count > 0
            || candidates.Any(index =>
                write.Connection.QuerySingle<long>(
                    CountDisowned,
                    new
                    {
                        campaignId = row.CampaignId,
                        index,
                        Suppressions.NotMe,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    }
                ) > 0
            );
    }
}
