using Campaigns.Db.Engine;
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
            GiveConsent(write, row, Consents.Updates, null);
        else
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
