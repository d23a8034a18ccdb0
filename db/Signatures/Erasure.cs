using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Forgets a signer: what stays is the skeleton (id, campaign, country, state), or counts would
/// drift.
/// </summary>
internal static class Erasure
{
    private const string Forget = """
        UPDATE signatures SET state = @state, hold_reason = NULL, line_country = NULL, locale = NULL, disclosure = NULL, disclosed_at = NULL, updates = 0, text_hash = NULL,
               privacy_version = NULL, blind_index = NULL, index_version = NULL, contact = NULL, person = NULL, ledger_key = NULL, commitment = NULL, ledger_n = NULL,
               signed_at = NULL, confirm_expires_at = NULL, confirmed_at = NULL, invalid_reason = NULL
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string CutLink =
        "UPDATE ledger_entries SET signature_id = NULL WHERE campaign_id = @CampaignId AND n = @LedgerN";

    // They say when somebody signed and how their mailbox answered. A letter that is being sent finds no row to mark.
    private const string DeleteLetters = "DELETE FROM letters WHERE campaign_id = @CampaignId AND signature_id = @Id";

    /// <summary>
    /// Erases at the signer's word, journalled so that a restored backup forgets them again. An
    /// erased row stays as it is.
    /// </summary>
    public static void Erase(WriteTransaction write, SignatureRow row)
    {
        if (row.State == SignatureState.Erased)
            return;
        write.Journal(JournalEntry.Erase, row.CampaignId, row.Id);
        Apply(write, row);
    }

    /// <summary>Erases without a word to the journal, which has it already.</summary>
    public static void Apply(WriteTransaction write, SignatureRow row)
    {
        CountedSignatures.Remove(write, row, SignatureState.Erased, LedgerLine.BySigner);
        UnresolvedRemovals.Note(write, row);
        ClearPersonalData(write, row, SignatureState.Erased);
    }

    /// <summary>
    /// Takes everything but the skeleton from the row and everything that hangs on it. Counters and
    /// ledger are the caller's.
    /// </summary>
    public static void ClearPersonalData(WriteTransaction write, SignatureRow row, string state)
    {
        Consents.Remove(write, row.CampaignId, row.Id);
        write.Connection.Execute(DeleteLetters, new { row.CampaignId, row.Id });
        if (row.LedgerN is not null)
            write.Connection.Execute(CutLink, new { row.CampaignId, row.LedgerN });
        write.Connection.Execute(
            Forget,
            new
            {
                state,
                row.CampaignId,
                row.Id,
            }
        );
    }
}
