using Campaigns.Crypto;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// A signature as it will be stored: encrypted, with its blind index and its commitment. Prepared
/// before the writer's queue, because this work is slow and needs no order.
/// </summary>
internal sealed record PreparedSignature
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string Country { get; init; }

    /// <summary>The mail provider, for the counters; it is not stored with the row.</summary>
    public required string Provider { get; init; }
    public required string LineCountry { get; init; }
    public required string Locale { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required bool Updates { get; init; }
    public required string TextHash { get; init; }
    public required string PrivacyVersion { get; init; }

    /// <summary>The term that the campaign promised when the signer read it.</summary>
    public required Retention Retention { get; init; }

    /// <summary>
    /// The blind index of the address under every active index key, newest first. It is stored
    /// under the newest and looked up under all.
    /// </summary>
    public required IReadOnlyList<byte[]> Candidates { get; init; }
    public required BlindIndex Index { get; init; }

    public required MailboxKey Mailbox { get; init; }

    /// <summary>Null for a domain to which letters are not bounded.</summary>
    public byte[]? MailDomain { get; init; }
    public required byte[] Contact { get; init; }
    public required byte[] Person { get; init; }
    public required byte[] LedgerKey { get; init; }
    public required byte[] Commitment { get; init; }

    public byte[] BlindIndex => Candidates[0];

    public static PreparedSignature Create(
        long id,
        BlindIndex index,
        SignatureEncryption encryption,
        Campaign campaign,
        NewSignature signature,
        byte[]? mailDomain
    )
    {
        var lineCountry = global::Campaigns.Country.Listed(signature.Country, campaign.ListedCountries);
        var ledgerKey = global::Campaigns.Ledger.Commitment.NewKey();
        using var row = encryption.Row(id);
        return new PreparedSignature
        {
            Id = id,
            CampaignId = campaign.Id,
            Country = signature.Country,
            Provider = MailProvider.FromDomain(signature.Email.Domain),
            LineCountry = lineCountry,
            Locale = signature.Locale,
            Disclosure = signature.Disclosure,
            Updates = signature.Updates,
            TextHash = signature.TextHash,
            PrivacyVersion = campaign.PrivacyNotice.Version,
            Retention = campaign.Retention,
            Candidates = index.Candidates(campaign.Id, signature.Email.Normalised),
            Index = index,
            Mailbox = MailboxKey.Create(index, id, campaign.Id, signature.Email),
            MailDomain = mailDomain,
            Contact = row.Contact(signature.Email),
            Person = row.Person(signature.Name, signature.Locality),
            LedgerKey = row.LedgerKey(ledgerKey),
            Commitment = global::Campaigns.Ledger.Commitment.Compute(
                ledgerKey,
                campaign.Slug,
                signature.TextHash,
                lineCountry,
                signature.Email.Normalised
            ),
        };
    }
}
