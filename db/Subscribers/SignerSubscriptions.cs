using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>
/// The subscription of a signer. Nothing stored links the two: the address of the signature is
/// decrypted, and its index as a subscriber is looked up.
/// </summary>
public sealed class SignerSubscriptions(SignatureEncryption signatures, SubscriberEncryption subscribers)
{
    private const string SelectConsent = """
        SELECT given_at, text_hash, privacy_version FROM consents
        WHERE campaign_id = @CampaignId AND signature_id = @Id AND purpose = @Updates AND withdrawn_at IS NULL
        ORDER BY given_at DESC LIMIT 1
        """;

    // The job has read the consent of a signature whose line it walked.
    private const string CountWalked = """
        SELECT count(*) FROM subscriber_walks WHERE campaign_id = @CampaignId AND ledger_n > @LedgerN
        """;

    /// <summary>
    /// True if the signer gets updates, or will once the job has read the consent of the signature.
    /// </summary>
    internal bool Has(DbConnection connection, SignatureRow row)
    {
        var known = SubscriberTable.Find(connection, row.CampaignId, Candidates(row));
        if (known is { IsActive: true })
            return true;
        return Waits(connection, row)
            && (
                known?.EndedAt is not { } endedAt
                || (FindConsent(connection, row) is { } consent && SubscriberRules.Revives(consent.GivenAt, endedAt))
            );
    }

    /// <summary>
    /// Subscribes the signer by the consent of the signature; true if they were not subscribed.
    /// </summary>
    internal bool Subscribe(WriteTransaction write, SignatureRow row)
    {
        if (row.Updates == 0 || FindConsent(write.Connection, row) is not { } consent)
            return false;
        var email = EmailAddress.Parse(signatures.DecryptContact(row.Id, row.Contact!).Email).Address!;
        return SubscriberTable.Subscribe(write, row.CampaignId, email, row.Locale!, row.Country, consent, subscribers);
    }

    /// <summary>
    /// Subscribes a signer who withdraws before the job has read the consent: the wish for updates
    /// is independent of the signature.
    /// </summary>
    internal void Keep(WriteTransaction write, SignatureRow row)
    {
        if (row.State == SignatureState.Confirmed && Waits(write.Connection, row))
            Subscribe(write, row);
    }

    /// <summary>Ends the subscription of the signer, if there is one.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="row">The signature.</param>
    /// <param name="reason">One of <see cref="SubscriberEnd"/>.</param>
    internal void End(WriteTransaction write, SignatureRow row, string reason)
    {
        if (row.IsKnown && SubscriberTable.Find(write, row.CampaignId, Candidates(row)) is { } known)
            EndedSubscriptions.End(write, known, reason);
    }

    /// <summary>
    /// Ends a subscription that the signature caused. One from the form stays, because the owner of
    /// the mailbox confirmed it.
    /// </summary>
    internal void EndOwn(WriteTransaction write, SignatureRow row, string reason)
    {
        if (
            row.IsKnown
            && SubscriberTable.Find(write, row.CampaignId, Candidates(row))
                is { Source: SubscriberSource.Signature } known
        )
            EndedSubscriptions.End(write, known, reason);
    }

    /// <summary>
    /// For the journal: the signer ended the subscription at that time. One that began later stays.
    /// </summary>
    internal void EndAsOf(WriteTransaction write, SignatureRow row, DateTimeOffset at, string reason)
    {
        if (
            row.IsKnown
            && SubscriberTable.Find(write, row.CampaignId, Candidates(row)) is { ConsentedAt: { } consentedAt } known
            && SubscriberRules.Ends(at, consentedAt)
        )
            EndedSubscriptions.Apply(write, known.CampaignId, known.Id, at, reason);
    }

    private static bool Waits(DbConnection connection, SignatureRow row) =>
        row.Updates != 0
        && row.State is SignatureState.Pending or SignatureState.Confirmed
        && (row.LedgerN is null || connection.QuerySingle<long>(CountWalked, new { row.CampaignId, row.LedgerN }) == 0);

    private IReadOnlyList<byte[]> Candidates(SignatureRow row) =>
        subscribers.Candidates(row.CampaignId, signatures.DecryptContact(row.Id, row.Contact!).Normalised);

    private static SubscriberConsent? FindConsent(DbConnection connection, SignatureRow row) =>
        connection.QuerySingleOrDefault<ConsentRow>(
            SelectConsent,
            new
            {
                row.CampaignId,
                row.Id,
                Consents.Updates,
            }
        )
            is { } found
            ? new SubscriberConsent(found.GivenAt, found.PrivacyVersion, found.TextHash)
            : null;

    private sealed class ConsentRow
    {
        public required DateTimeOffset GivenAt { get; init; }
        public required string TextHash { get; init; }
        public required string PrivacyVersion { get; init; }
    }
}
