using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Letters;

/// <summary>
/// Reads claimed letters with their signatures or subscribers, and decrypts addresses.
/// </summary>
internal sealed class DueLetterReader(
    Database database,
    SignatureEncryption encryption,
    SubscriberEncryption subscribers,
    KeyRing keys,
    TimeProvider time,
    ILogger log
)
{
    private const string SelectClaimed = $$"""
        SELECT l.id, l.campaign_id, l.signature_id, l.subscriber_id, l.kind, l.locale, l.generation, l.created_at,
               l.turn_at, l.tries, l.failure, l.attempt,
               CASE WHEN l.sent_at IS NULL THEN 0 ELSE 1 END AS was_sent,
               s.state, s.contact, s.blind_index, s.index_version,
               s.confirm_generation, s.manage_generation, s.not_me_generation,
               b.state AS subscriber_state, b.address AS subscriber_address, b.generation AS subscriber_generation,
               c.organisation, c.sensitive, t.title, t.locale AS title_locale,
               CASE WHEN u.may_retry = 1 AND u.retried_at IS NOT NULL THEN 1 ELSE 0 END AS is_retry,
               CASE WHEN u.id IS NULL OR u.may_retry = 1 AND u.retried_at IS NOT NULL THEN 0 ELSE 1 END AS suppressed
        FROM letters l
        LEFT JOIN signatures s ON s.campaign_id = l.campaign_id AND s.id = l.signature_id
        LEFT JOIN suppressions u
            ON u.campaign_id = s.campaign_id AND u.blind_index = s.blind_index AND u.until > @now
        LEFT JOIN subscribers b ON b.campaign_id = l.campaign_id AND b.id = l.subscriber_id
        JOIN campaigns c ON c.id = l.campaign_id
        LEFT JOIN petition_texts t ON t.campaign_id = l.campaign_id AND (
            t.hash = s.text_hash OR t.locale = b.locale AND t.version = (
                SELECT max(version) FROM petition_texts WHERE campaign_id = l.campaign_id AND locale = b.locale))
        WHERE l.id IN {=ids} AND l.state = '{{LetterState.Queued}}' AND l.lease_owner = @owner
        ORDER BY l.due_at, l.id
        """;

    private readonly SubscriberAddresses _subscribers = new(subscribers, keys, time, log);

    /// <summary>
    /// Reads the letters that <paramref name="owner"/> has claimed. A damaged row is logged and
    /// left out, so that it does not delay the others; it is claimed again when its lease expires.
    /// </summary>
    public IReadOnlyList<DueLetter> Read(string owner, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        try
        {
            var now = time.UtcNow();
            var letters = connection
                .Query<DueLetterRow>(
                    SelectClaimed,
                    new
                    {
                        ids,
                        owner,
                        now = now.ToUnixTimeMilliseconds(),
                    }
                )
                .ToList()
                .ConvertAll(row => (Row: row, Address: Decrypt(row)));
            var stopped = RefusedMailboxes.Find(
                connection,
                keys.BlindIndex,
                [.. letters.Where(one => one.Address is not null).Select(one => one.Address!.Normalised).Distinct()],
                now
            );
            var suppressed = _subscribers.FindSuppressed(
                connection,
                letters
                    .Where(one => one.Address is not null && one.Row.SubscriberId is not null)
                    .Select(one => (one.Row.CampaignId, one.Address!.Normalised))
            );
            return [.. letters.Select(one => ToLetter(one.Row, one.Address, IsSuppressed(one.Row, one.Address)))];

            bool IsSuppressed(DueLetterRow row, Contact? address) =>
                address is null
                    ? row.Suppressed
                    : stopped.Has(address.Normalised, row.CreatedAt)
                        || (
                            row.SubscriberId is null
                                ? row.Suppressed
                                : suppressed.Contains((row.CampaignId, address.Normalised))
                        );
        }
        catch (Exception error) when (error is not DbException && ids.Count > 1)
        {
            return [.. ids.SelectMany(id => Read(owner, [id]))];
        }
        catch (Exception error) when (error is not DbException)
        {
            log.LogError(
                LetterStore.LetterDamaged,
                "Letter {Letter} cannot be read ({Exception}) and waits",
                ids[0],
                error.GetType().Name
            );
            return [];
        }
    }

    private DueLetter ToLetter(DueLetterRow row, Contact? address, bool isSuppressed)
    {
        var obsolete = row.Obsolete(isSuppressed);
        var email = obsolete is null ? address?.Email : null;
        return new DueLetter
        {
            Id = row.Id,
            CampaignId = row.CampaignId,
            SignatureId = row.SignatureId,
            SubscriberId = row.SubscriberId,
            Kind = row.Kind,
            Locale = row.Locale,
            Generation = row.Generation,
            CreatedAt = row.CreatedAt,
            TurnAt = row.TurnAt,
            Tries = row.Tries,
            Failure = row.Failure,
            Attempt = row.Attempt,
            WasSent = row.WasSent,
            Obsolete = obsolete,
            Email = email,
            IsRetry = row.IsRetry,
            Organisation = row.Organisation,
            Sensitive = row.Sensitive,
            Name = keys.Tokens.NameOfLetter(row.Id),
            Tag = () => keys.Tokens.WriteLetterTag(new LetterTag(LetterOutbox.People, row.Id)),
            Title = row.Title ?? "",
            TitleLocale = row.TitleLocale ?? row.Locale,
            // Each token is a keyed hash, so that none is made which the letter does not have.
            Token = row.Kind switch
            {
                LetterKind.Confirm => Token(LinkPurpose.Confirm, row.ConfirmGeneration, provider: ProviderOf(email)),
                LetterKind.Subscription => Token(LinkPurpose.Subscribe, row.SubscriberGeneration),
                _ => Token(LinkPurpose.Manage, row.ManageGeneration),
            },
            NotMeToken =
                row.Kind == LetterKind.Confirm ? Token(LinkPurpose.NotMe, row.NotMeGeneration, row.Address) : "",
        };

        // The row of an erased person has no generation, and its letter is not sent.
        string Token(LinkPurpose purpose, long? generation, IndexedAddress? address = null, int provider = 0) =>
            generation is null
                ? ""
                : keys.Tokens.Write(
                    purpose,
                    row.CampaignId,
                    (row.SignatureId ?? row.SubscriberId)!.Value,
                    (int)generation,
                    address,
                    provider
                );
    }

    private static int ProviderOf(string? email) =>
        email is null ? 0 : MailProvider.NumberOf(MailProvider.FromAddress(email));

    // Null if no key decrypts it, and for a letter that is not sent whatever its address.
    private Contact? Decrypt(DueLetterRow row)
    {
        if (row.Obsolete(row.SubscriberId is null && row.Suppressed) is not null)
            return null;
        if (row.SubscriberId is { } subscriber)
            return row.SubscriberAddress is { } stored && _subscribers.Decrypt(row.Id, subscriber, stored) is { } known
                ? new Contact(known.Typed, known.Normalised)
                : null;
        try
        {
            return encryption.DecryptContact(row.SignatureId!.Value, row.Contact!);
        }
        catch (CryptographicException)
        {
            log.LogError(LetterStore.LetterDamaged, "No key decrypts the address of letter {Letter}", row.Id);
            return null;
        }
    }
}
