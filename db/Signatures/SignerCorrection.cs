using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>Changes what a signer typed and chose, in the caller's transaction.</summary>
internal static class SignerCorrection
{
    private const string RaiseDisclosure = """
        UPDATE signatures SET disclosure = @disclosure, disclosed_at = @now
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string ChangeUpdates =
        "UPDATE signatures SET updates = @updates WHERE campaign_id = @CampaignId AND id = @Id";

    // A consent that is younger than the journal's entry was given afterwards.
    private const string StopUpdatesOfBefore = """
        UPDATE signatures SET updates = 0
        WHERE campaign_id = @CampaignId AND id = @Id AND updates = 1 AND NOT EXISTS (
            SELECT 1 FROM consents
            WHERE campaign_id = @CampaignId AND signature_id = @Id AND purpose = @Updates
              AND withdrawn_at IS NULL AND given_at > @at)
        """;

    /// <summary>
    /// Applies the change. Refused with <c>validation</c>, and then nothing is changed, when the
    /// disclosure needs a name that is missing.
    /// </summary>
    public static Refusal? Apply(
        WriteTransaction write,
        SignatureRow row,
        SignatureChange change,
        SignatureEncryption encryption
    )
    {
        if (change == SignatureChange.None)
            return null;
        var before = Disclosures.Parse(row.Disclosure!);
        var after = change.Disclosure ?? before;
        var known = encryption.DecryptPerson(row.Id, row.Person!);
        var person = new Person(
            change.Name is null ? known.Name : change.Name.Value,
            change.Locality is null ? known.Locality : change.Locality.Value
        );
        if (Disclosures.RefuseWithoutName(after, person.Name) is { } nameless)
            return nameless;
        if (person != known)
            SignatureTransitions.Correct(write, row, person, encryption);
        if (after < before)
            SignatureTransitions.LowerDisclosure(write, row, after);
        if (after > before)
            Raise(write, row, after);
        if (change.Updates is { } updates && updates != (row.Updates != 0))
            SetUpdates(write, row, updates);
        return null;
    }

    /// <summary>
    /// For the journal: the signer ended the updates at that time. False if they have asked for
    /// updates again since.
    /// </summary>
    public static bool StopUpdates(WriteTransaction write, SignatureRow row, DateTimeOffset at)
    {
        var stopped = write.Connection.Execute(
            StopUpdatesOfBefore,
            new
            {
                row.CampaignId,
                row.Id,
                Consents.Updates,
                at = at.ToUnixTimeMilliseconds(),
            }
        );
        if (stopped > 0)
            Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Updates);
        return stopped > 0;
    }

    /// <summary>The signer ends the updates at another place than the own page.</summary>
    public static void StopUpdates(WriteTransaction write, SignatureRow row)
    {
        if (row.Updates != 0)
            SetUpdates(write, row, updates: false);
    }

    /// <summary>
    /// The signer asks for updates again, after a subscription by an earlier consent has ended.
    /// </summary>
    public static void RenewUpdates(WriteTransaction write, SignatureRow row)
    {
        Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Updates);
        GiveConsent(write, row, Consents.Updates, null);
    }

    // Only a higher disclosure sets disclosed_at, which decides the recipients that may see it.
    private static void Raise(WriteTransaction write, SignatureRow row, Disclosure disclosure)
    {
        write.Connection.Execute(
            RaiseDisclosure,
            new
            {
                row.CampaignId,
                row.Id,
                disclosure = disclosure.Text(),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Disclose);
        GiveConsent(write, row, Consents.Disclose, disclosure);
    }

    private static void SetUpdates(WriteTransaction write, SignatureRow row, bool updates)
    {
        write.Connection.Execute(
            ChangeUpdates,
            new
            {
                row.CampaignId,
                row.Id,
                updates = updates ? 1 : 0,
            }
        );
        if (updates)
        {
            GiveConsent(write, row, Consents.Updates, null);
            return;
        }
        write.Journal(JournalEntry.StopUpdates, row.CampaignId, row.Id);
        Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Updates);
    }

    private static void GiveConsent(WriteTransaction write, SignatureRow row, string purpose, Disclosure? disclosure) =>
        Consents.Add(
            write,
            row.CampaignId,
            row.Id,
            purpose,
            row.TextHash!,
            row.PrivacyVersion!,
            row.Locale!,
            disclosure
        );
}
