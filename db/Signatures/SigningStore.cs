using System.Net;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Takes signatures in. Whatever is known of the address, new, pending, confirmed, invalidated or suppressed, the caller goes through the
/// same queue, waits for one commit and learns nothing.
/// </summary>
public sealed class SigningStore(
    Database database, SignatureSeal seal, KeyRing keys, CampaignStore campaigns, NetworkTally networks, IOptions<LimitOptions> limits)
{
    /// <summary>A confirmation link lasts this long from its letter.</summary>
    public static readonly TimeSpan LinkLasts = TimeSpan.FromDays(7);

    /// <summary>The reason on a hold that the number of signatures from one network caused.</summary>
    public const string HeldForNetwork = "network";

    private const string FindByAddress = $"""
        SELECT {SignatureRow.Columns} FROM signatures WHERE campaign_id = @campaignId AND blind_index IN @candidates
        """;

    private const string Insert = """
        INSERT INTO signatures (id, campaign_id, state, hold_reason, country, line_country, locale, disclosure, disclosed_at, updates, text_hash, privacy_version,
                                blind_index, index_version, contact, person, ledger_key, commitment, signed_at, confirm_expires_at)
        VALUES (@Id, @CampaignId, 'pending', @HoldReason, @Country, @LineCountry, @Locale, @Disclosure, @Now, @Updates, @TextHash, @PrivacyVersion,
                @BlindIndex, @IndexVersion, @Contact, @Person, @LedgerKey, @Commitment, @Now, @ExpiresAt)
        """;

    private const string Replace = """
        UPDATE signatures SET hold_reason = COALESCE(hold_reason, @HoldReason), country = @Country, line_country = @LineCountry, locale = @Locale,
               disclosure = @Disclosure, disclosed_at = @Now, updates = @Updates, text_hash = @TextHash, privacy_version = @PrivacyVersion,
               contact = @Contact, person = @Person, ledger_key = @LedgerKey, commitment = @Commitment, signed_at = @Now,
               confirm_expires_at = @ExpiresAt, confirm_generation = confirm_generation + 1
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    /// <summary>
    /// Returns null once the request is on disk. Refused only when the campaign changed since it was read: it closed, or its text did.
    /// <paramref name="network"/> is counted, not kept.
    /// </summary>
    public Task<Refusal?> SignAsync(Campaign campaign, NewSignature signature, IPAddress? network)
    {
        // Sealing is the slow part and needs no order: it happens here, on the caller's thread.
        var index = keys.BlindIndex;
        var prepared = Prepare(database.Writes.NextId(), index, campaign, signature);
        var candidates = index.Candidates(campaign.Id, signature.Email.Normalised);
        return database.Writes.RunAsync(write =>
        {
            if (keys.BlindIndex is var latest && latest != index)
            {
                // A key was rotated while this waited. Looked up under the old index alone, a person could stand here twice.
                index = latest;
                prepared = Prepare(prepared.Id, index, campaign, signature);
                candidates = index.Candidates(campaign.Id, signature.Email.Normalised);
            }
            var hold = HoldReason(write, network);
            var known = write.Connection.QuerySingleOrDefault<SignatureRow>(FindByAddress, new { campaignId = campaign.Id, candidates });
            if (Changed(write, campaign, signature) is { } refusal) return refusal;
            if (Outbox.Suppressed(write, campaign.Id, candidates)) return null;
            switch (known?.State)
            {
                case null:
                    Add(write, prepared.At(write.Now, hold), signature);
                    break;
                case SignatureState.Pending when HasRoom(write, known):
                    ReplacePending(write, known, Prepare(known.Id, index, campaign, signature).At(write.Now, hold), signature);
                    break;
                case SignatureState.Confirmed when HasRoom(write, known):
                    Outbox.Add(write, campaign.Id, known.Id, LetterKind.AlreadySigned, known.Locale!, known.ManageGeneration);
                    break;
            }
            return null;
        });
    }

    /// <summary>
    /// Mails the manage link to an address that has a signature; does nothing, just as visibly, for any other: the count of the network is
    /// a row either way, so that both wait for the disk.
    /// </summary>
    public Task SendManageLinkAsync(Campaign campaign, EmailAddress email, IPAddress? network)
    {
        return database.Writes.RunAsync(write =>
        {
            networks.Count(write, network ?? IPAddress.None, NetworkTally.Find);
            var candidates = keys.BlindIndex.Candidates(campaign.Id, email.Normalised);
            var known = write.Connection.QuerySingleOrDefault<SignatureRow>(FindByAddress, new { campaignId = campaign.Id, candidates });
            if (known is { State: SignatureState.Pending or SignatureState.Confirmed } && HasRoom(write, known) && !Outbox.Suppressed(write, campaign.Id, candidates))
                Outbox.Add(write, campaign.Id, known.Id, LetterKind.Manage, known.Locale!, known.ManageGeneration);
            return true;
        });
    }

    /// <summary>
    /// The campaign was read before this write was queued. Whoever changes one makes everybody read it anew, so the same object is the
    /// same campaign; another is looked at again, in this transaction.
    /// </summary>
    private Refusal? Changed(WriteTransaction write, Campaign campaign, NewSignature signature)
    {
        if (campaigns.IsCurrent(campaign)) return null;
        var current = CampaignStore.Load(write.Connection, campaign.Slug)!;
        if (!current.TakesSignatures(write.Now)) return Refusal.CampaignClosed;
        var sameWords = current.Text(signature.Locale).Hash == signature.TextHash;
        var sameLine = Country.Listed(signature.Country, current.ListedCountries) == Country.Listed(signature.Country, campaign.ListedCountries);
        return sameWords && sameLine ? null : Refusal.TextChanged;
    }

    private string? HoldReason(WriteTransaction write, IPAddress? network)
    {
        if (!limits.Value.Enabled || network is null) return null;
        return networks.Count(write, network, NetworkTally.Sign) > limits.Value.HoldAfterPerNetworkPerHour ? HeldForNetwork : null;
    }

    private bool HasRoom(WriteTransaction write, SignatureRow row) =>
        Outbox.HasRoom(write, row.CampaignId, row.Id, limits.Value.LettersPerAddressPerWeek);

    private static void Add(WriteTransaction write, Prepared row, NewSignature signature)
    {
        write.Connection.Execute(Insert, row);
        write.Count(row.CampaignId, row.Country, SignatureState.Bucket(SignatureState.Pending, row.HoldReason), 1);
        GiveConsents(write, row, signature);
        Outbox.Add(write, row.CampaignId, row.Id, LetterKind.Confirm, row.Locale, generation: 0);
    }

    // The newest request wins, and its link alone: older links may have been asked for by somebody else.
    private static void ReplacePending(WriteTransaction write, SignatureRow known, Prepared row, NewSignature signature)
    {
        write.Connection.Execute(Replace, row);
        write.Count(row.CampaignId, known.Country, known.Bucket, -1);
        write.Count(row.CampaignId, row.Country, SignatureState.Bucket(SignatureState.Pending, known.HoldReason ?? row.HoldReason), 1);
        Consents.Forget(write, row.CampaignId, row.Id);
        GiveConsents(write, row, signature);
        Outbox.Add(write, row.CampaignId, row.Id, LetterKind.Confirm, row.Locale, known.ConfirmGeneration + 1);
    }

    private static void GiveConsents(WriteTransaction write, Prepared row, NewSignature signature)
    {
        Give(Consents.Sign);
        if (signature.Disclosure != Disclosure.Count) Give(Consents.Disclose, signature.Disclosure);
        if (signature.Updates) Give(Consents.Updates);

        void Give(string purpose, Disclosure? disclosure = null) =>
            Consents.Give(write, row.CampaignId, row.Id, purpose, row.TextHash, row.PrivacyVersion, row.Locale, disclosure);
    }

    private Prepared Prepare(long id, BlindIndex index, Campaign campaign, NewSignature signature)
    {
        var lineCountry = Country.Listed(signature.Country, campaign.ListedCountries);
        var ledgerKey = Commitment.NewKey();
        return new Prepared
        {
            Id = id,
            CampaignId = campaign.Id,
            Country = signature.Country,
            LineCountry = lineCountry,
            Locale = signature.Locale,
            Disclosure = signature.Disclosure.Text(),
            Updates = signature.Updates ? 1 : 0,
            TextHash = signature.TextHash,
            PrivacyVersion = campaign.PrivacyNotice.Version,
            BlindIndex = index.Of(campaign.Id, signature.Email.Normalised),
            IndexVersion = index.Version,
            Contact = seal.Contact(id, signature.Email),
            Person = seal.Person(id, signature.Name, signature.Locality),
            LedgerKey = seal.LedgerKey(id, ledgerKey),
            Commitment = Commitment.Of(ledgerKey, campaign.Slug, signature.TextHash, lineCountry, signature.Email.Normalised),
        };
    }

    private sealed record Prepared
    {
        public required long Id { get; init; }
        public required long CampaignId { get; init; }
        public required string Country { get; init; }
        public required string LineCountry { get; init; }
        public required string Locale { get; init; }
        public required string Disclosure { get; init; }
        public required int Updates { get; init; }
        public required string TextHash { get; init; }
        public required string PrivacyVersion { get; init; }
        public required byte[] BlindIndex { get; init; }
        public required int IndexVersion { get; init; }
        public required byte[] Contact { get; init; }
        public required byte[] Person { get; init; }
        public required byte[] LedgerKey { get; init; }
        public required byte[] Commitment { get; init; }
        public string? HoldReason { get; init; }
        public long Now { get; init; }
        public long ExpiresAt { get; init; }

        public Prepared At(DateTimeOffset now, string? holdReason) =>
            this with { HoldReason = holdReason, Now = now.ToUnixTimeMilliseconds(), ExpiresAt = (now + LinkLasts).ToUnixTimeMilliseconds() };
    }
}
