using System.Net;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Subscribers;

/// <summary>
/// Subscribes people who confirm their mailbox, and unsubscribes them. Every request for a
/// subscription waits for one commit and gets the same answer, so that the caller cannot learn
/// whether the address is new, subscribed, suppressed or has had too many letters.
/// </summary>
public sealed class SubscriberStore(
    Database database,
    KeyRing keys,
    SubscriberEncryption encryption,
    NetworkRequestCounter networks,
    Mailboxes mailboxes,
    LimitTally tally,
    IOptions<LimitOptions> limits,
    IOptions<SubscriberOptions> options,
    TimeProvider time
)
{
    /// <summary>
    /// Mails a link to the address, unless it gets no more letters. Ends once that is durable.
    /// </summary>
    public Task RequestAsync(Campaign campaign, NewSubscription request, IPAddress? network) =>
        database.Writes.RunAsync(write =>
        {
            networks.Count(write, [network ?? IPAddress.None], NetworkRequestCounter.Find);
            var mailbox = MailboxKey.Create(keys.BlindIndex, 0, campaign.Id, request.Email);
            var takesLetters = mailboxes.Count(write, [mailbox])[0].TakesLetters;
            if (!takesLetters || !MayMail(write, campaign.Id, request.Email))
            {
                mailboxes.Return(write, [mailbox]);
                return true;
            }
            var row = SubscriberTable.Request(write, campaign.Id, request, options.Value.UnconfirmedFor, encryption);
            Outbox.AddToSubscriber(
                write,
                campaign.Id,
                row.Id,
                LetterKind.Subscription,
                request.Locale,
                row.Generation,
                BoundedDomain(request.Email)
            );
            return true;
        });

    /// <summary>
    /// What the link in a letter would subscribe to; null if it is not usable. Changes nothing.
    /// </summary>
    public SubscriptionPreview? FindSubscription(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Subscribe, link, out var token))
            return null;
        using var connection = database.Read();
        var row = SubscriberTable.Find(connection, token.CampaignId, token.RowId);
        return row is not null && CanConfirm(row, token, time.UtcNow())
            ? new SubscriptionPreview(row.CampaignId, row.Locale, row.IsActive)
            : null;
    }

    /// <summary>
    /// Subscribes the owner of the mailbox. Repeatable until the subscription ends. Any other link
    /// is refused with <c>link-not-usable</c>.
    /// </summary>
    public async Task<Outcome<SubscriptionPreview>> SubscribeAsync(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Subscribe, link, out var token))
            return Refusal.LinkNotUsable;
        return await database.Writes.RunAsync<Outcome<SubscriptionPreview>>(write =>
        {
            if (
                SubscriberTable.Find(write, token.CampaignId, token.RowId) is not { } row
                || !CanConfirm(row, token, write.Now)
            )
                return Refusal.LinkNotUsable;
            SubscriberTable.Confirm(write, row);
            return new SubscriptionPreview(row.CampaignId, row.Locale, IsDone: true);
        });
    }

    /// <summary>
    /// What the link in an update would end; null if no key of this installation made it. Changes
    /// nothing.
    /// </summary>
    public SubscriptionPreview? FindUnsubscription(string? link)
    {
        if (!keys.UnsubscribeTokens.TryRead(LinkPurpose.Unsubscribe, link, out var token))
            return null;
        using var connection = database.Read();
        var row = SubscriberTable.Find(connection, token.CampaignId, token.RowId)
            ?? SubscriberTable.Find(connection, token.CampaignId, IndexOf(token));
        return new SubscriptionPreview(token.CampaignId, row?.Locale, row is null or { IsEnded: true });
    }

    /// <summary>
    /// Ends the subscription, and the consent of a signature of the address, once the journal has
    /// it. Repeatable. Refused with <c>link-not-usable</c> if no key of this installation made the
    /// link.
    /// </summary>
    public async Task<Outcome<SubscriptionPreview>> UnsubscribeAsync(string? link)
    {
        if (!keys.UnsubscribeTokens.TryRead(LinkPurpose.Unsubscribe, link, out var token))
            return Refusal.LinkNotUsable;
        return await database.Writes.RunAsync<Outcome<SubscriptionPreview>>(write =>
        {
            var row = SubscriberTable.Find(write.Connection, token.CampaignId, token.RowId)
                ?? SubscriberTable.Find(write.Connection, token.CampaignId, IndexOf(token));
            if (row is { IsEnded: false })
            {
                // The signature first, as everywhere, so that concurrent transactions do not deadlock.
                EndConsent(write, row);
                EndedSubscriptions.End(write, row, SubscriberEnd.Unsubscribed);
            }
            return new SubscriptionPreview(token.CampaignId, row?.Locale, IsDone: true);
        });
    }

    private static bool CanConfirm(SubscriberRow row, Token token, DateTimeOffset now) =>
        row.Generation == token.Generation && (row.IsActive || (!row.IsEnded && row.ExpiresAt > now));

    // A database restored from a backup may have the address under another id.
    private static IReadOnlyList<byte[]> IndexOf(Token token) => token.Address is { } address ? [address.Index] : [];

    private bool MayMail(WriteTransaction write, long campaignId, EmailAddress email)
    {
        var lookups = Lookups(campaignId, email);
        if (SigningTable.FindSuppressed(write, lookups).Count > 0)
        {
            write.CountLetter(campaignId, LetterFate.Suppressed);
            return false;
        }
        // The letters about a signature of the address count too.
        var signature = SigningTable.FindKnown(write, lookups).Values.SingleOrDefault();
        var limit = limits.Value.LettersPerAddressPerWeek;
        var toSigner = signature is null ? 0 : Outbox.CountLetters(write, [signature], limit, tally).Of(signature.Id);
        var subscriber = SubscriberTable.Find(write, campaignId, encryption.Candidates(campaignId, email.Normalised));
        var toSubscriber = subscriber is null ? 0 : Outbox.CountToSubscribe(write, campaignId, subscriber.Id);
        if (!limits.Value.Enabled || LetterRules.IsBelowLimit(toSigner + toSubscriber, limit))
            return true;
        tally.Record(nameof(LimitOptions.LettersPerAddressPerWeek));
        return false;
    }

    private void EndConsent(WriteTransaction write, SubscriberRow row)
    {
        EmailAddress email;
        try
        {
            email = encryption.Decrypt(row.Id, row.Address!);
        }
        catch (CryptographicException)
        {
            // A damaged row must end all the same.
            return;
        }
        foreach (var signature in SigningTable.FindKnown(write, Lookups(row.CampaignId, email)).Values)
            SignerCorrection.StopUpdates(write, signature);
    }

    private List<LookupKey> Lookups(long campaignId, EmailAddress email) =>
        [
            .. keys
                .BlindIndex.Candidates(campaignId, email.Normalised)
                .Select(index => new LookupKey(0, campaignId, index)),
        ];

    // Null for a domain to which letters are not bounded.
    private byte[]? BoundedDomain(EmailAddress email) =>
        limits.Value.Enabled && !LargeMailProviders.Has(email.Domain)
            ? keys.BlindIndex.ComputeDomain(email.Domain)
            : null;
}
