using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// What takes a signature back or shows less of it, whoever asks: the signer, staff, or the journal after a restored backup. Each is noted
/// in the journal before its commit and does nothing to a row it does not fit any more.
/// </summary>
internal static class SignerActs
{
    private const string WithdrawRow = """
        UPDATE signatures SET state = 'withdrawn', blind_index = NULL, index_version = NULL WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string InvalidateRow = "UPDATE signatures SET state = 'invalidated', invalid_reason = @reason WHERE campaign_id = @CampaignId AND id = @Id";

    private const string ShowRow = "UPDATE signatures SET disclosure = @disclosure WHERE campaign_id = @CampaignId AND id = @Id";

    /// <summary>Whether the signature still stands and we still know whose it is.</summary>
    public static bool Stands(SignatureRow row) => row.State is SignatureState.Pending or SignatureState.Confirmed && row.IsKnown;

    public static void Withdraw(WriteTransaction write, SignatureRow row)
    {
        write.Journal(JournalAct.Withdraw, row.CampaignId, row.Id);
        Counted.Leave(write, row, SignatureState.Withdrawn, LedgerLine.BySigner);
        write.Connection.Execute(WithdrawRow, new { row.CampaignId, row.Id });
        foreach (var purpose in (string[])[Consents.Sign, Consents.Disclose, Consents.Updates])
            Consents.Withdraw(write, row.CampaignId, row.Id, purpose);
    }

    public static void Invalidate(WriteTransaction write, SignatureRow row, string reason)
    {
        write.Journal(JournalAct.Invalidate, row.CampaignId, row.Id);
        Counted.Leave(write, row, SignatureState.Invalidated, LedgerLine.Invalidated);
        write.Connection.Execute(InvalidateRow, new { row.CampaignId, row.Id, reason });
    }

    /// <summary>
    /// Lowers the disclosure. The moment it was chosen stays: showing less must not let in a recipient who was added since.
    /// </summary>
    public static void ShowLess(WriteTransaction write, SignatureRow row, Disclosure disclosure)
    {
        write.Journal(disclosure == Disclosure.Count ? JournalAct.ShowCount : JournalAct.ShowInitials, row.CampaignId, row.Id);
        write.Connection.Execute(ShowRow, new { row.CampaignId, row.Id, disclosure = disclosure.Text() });
        Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Disclose);
        if (disclosure > Disclosure.Count)
            Consents.Give(write, row.CampaignId, row.Id, Consents.Disclose, row.TextHash!, row.PrivacyVersion!, row.Locale!, disclosure);
        if (row.LedgerN is { } n) LedgerQueue.Disturb(write, row.CampaignId, n, row.LineCountry!);
    }

    /// <summary>Whether a journalled act has not been carried out on this row: after a crash never, after a restored backup often.</summary>
    public static bool IsOpen(SignatureRow row, JournalAct act) => act.Kind switch
    {
        JournalAct.Erase => row.State != SignatureState.Erased,
        JournalAct.Withdraw or JournalAct.Invalidate => Stands(row),
        // Whoever chose to show more afterwards did so at a later moment, which the row carries.
        JournalAct.ShowCount or JournalAct.ShowInitials =>
            Stands(row) && Disclosures.Parse(row.Disclosure!) > Shown(act) && row.DisclosedAt < act.At.ToUnixTimeMilliseconds(),
        _ => false,
    };

    /// <summary>Carries a journalled act out.</summary>
    public static void Replay(WriteTransaction write, SignatureRow row, JournalAct act)
    {
        switch (act.Kind)
        {
            case JournalAct.Erase:
                Erasure.Erase(write, row);
                break;
            case JournalAct.Withdraw:
                Withdraw(write, row);
                break;
            case JournalAct.Invalidate:
                Invalidate(write, row, "journal");
                break;
            default:
                ShowLess(write, row, Shown(act));
                break;
        }
    }

    private static Disclosure Shown(JournalAct act) => act.Kind == JournalAct.ShowInitials ? Disclosure.Initials : Disclosure.Count;
}
