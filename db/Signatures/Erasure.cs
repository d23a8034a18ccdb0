using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Erases a signer. The id, campaign, country and state stay, because the counters are recounted
/// from them.
/// </summary>
internal static class Erasure
{
    private const string Clear = """
        UPDATE signatures
        SET state = @state, hold_reason = NULL, line_country = NULL, locale = NULL,
            disclosure = NULL, disclosed_at = NULL, updates = 0, text_hash = NULL, privacy_version = NULL,
            blind_index = NULL, folded_index = NULL, index_version = NULL, contact = NULL, person = NULL,
            ledger_key = NULL, commitment = NULL, ledger_n = NULL,
            signed_at = NULL, confirm_expires_at = NULL, confirmed_at = NULL, erase_by = NULL,
            corrected_at = NULL, invalid_reason = NULL, wave = NULL,
            invalidation = NULL, undo_until = NULL, undo_index = NULL, undone_at = NULL
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string UnlinkEntry =
        "UPDATE ledger_entries SET signature_id = NULL WHERE campaign_id = @CampaignId AND n = @LedgerN";

    // Letters reveal the time of signing and the delivery replies, so they are deleted. A letter in flight updates no
    // row.
    private const string DeleteLetters = "DELETE FROM letters WHERE campaign_id = @CampaignId AND signature_id = @Id";

    /// <summary>
    /// Erases at the signer's request. The journal entry makes a restored backup erase the signer
    /// again. Does nothing for an erased row.
    /// </summary>
    public static void Erase(WriteTransaction write, SignatureRow row)
    {
        var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.Erase);
        if (!transition.ChangesRow)
            return;
        write.Journal(JournalEntry.Erase, row.CampaignId, row.Id);
        Apply(write, row, transition);
    }

    /// <summary>Erases without a journal entry, because the journal has one already.</summary>
    public static void Apply(WriteTransaction write, SignatureRow row, SignatureTransition transition)
    {
        CountedSignatures.Apply(write, row, transition);
        UnresolvedRemovals.Note(write, row);
        ClearPersonalData(write, row, transition.State!);
    }

    /// <summary>
    /// Clears the personal data of the row and deletes its consents and letters. The caller changes
    /// the counters and the ledger.
    /// </summary>
    public static void ClearPersonalData(WriteTransaction write, SignatureRow row, string state)
    {
        Consents.Remove(write, row.CampaignId, row.Id);
        write.Connection.Execute(DeleteLetters, new { row.CampaignId, row.Id });
        if (row.LedgerN is not null)
            write.Connection.Execute(UnlinkEntry, new { row.CampaignId, row.LedgerN });
        write.Connection.Execute(
            Clear,
            new
            {
                state,
                row.CampaignId,
                row.Id,
            }
        );
    }
}
