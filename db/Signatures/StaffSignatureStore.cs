using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// What staff do for a signer who wrote to them: correct the name, mail the confirmation letter
/// again, erase. Each is audited.
/// </summary>
public sealed class StaffSignatureStore(
    Database database,
    SignatureEncryption encryption,
    KeyRing keys,
    SignerSubscriptions subscriptions,
    IOptions<LimitOptions> limits,
    LimitTally tally
)
{
    /// <summary>
    /// Corrects the name, with the effects of the signer's own correction. Refused with
    /// <c>validation</c> when the disclosure needs a name.
    /// </summary>
    public Task<Refusal?> CorrectNameAsync(Campaign campaign, long id, ChangedText name, string reason, Actor actor) =>
        RunAsync(campaign, id, (write, row) =>
        {
            // The signer's refusal may be about their link, which staff do not have.
            if (SignatureLifecycle.Find(row.Phase, SignatureAct.CorrectPerson).Refusal is not null)
                return Refusal.WrongState;
            if (SignerCorrection.Apply(write, row, new SignatureChange(Name: name), encryption) is { } refusal)
                return refusal;
            actor.Audit(write, "signature.correct", campaign.Slug, Ids.Text(id), reason);
            return null;
        });

    /// <summary>
    /// Mails the confirmation letter again, with a link that works as long as a first one. Refused
    /// with <c>wrong-state</c> if there is nothing to confirm or the address gets no letters, and
    /// with <c>rate-limited</c> at the limit of letters.
    /// </summary>
    public Task<Refusal?> ResendAsync(Campaign campaign, long id, Actor actor) => RunAsync(campaign, id, (write, row) =>
        {
            if (SignatureLifecycle.Find(row.Phase, SignatureAct.Resend).Refusal is { } refusal)
                return refusal;
            var email = encryption.DecryptContact(row.Id, row.Contact!).Normalised;
            List<LookupKey> lookups =
            [
                .. keys.BlindIndex.Candidates(campaign.Id, email).Select(index => new LookupKey(0, campaign.Id, index)),
            ];
            if (SigningTable.FindSuppressed(write, lookups).Count > 0)
                return Refusal.WrongState;
            var letters = Outbox.CountLetters(write, [row], limits.Value.LettersPerAddressPerWeek, tally);
            if (!letters.IsBelowLimit(row.Id))
                return Refusal.RateLimited;
            // One letter that staff send does not wait for the bound of its mail domain.
            SigningTable.RepeatPending(write, [(row, row.HoldReason, null)]);
            actor.Audit(write, "signature.resend", campaign.Slug, Ids.Text(id));
            return null;
        });

    /// <summary>
    /// Erases the signature and the subscription as their owner would. Does nothing once the
    /// personal data is cleared.
    /// </summary>
    public Task<Refusal?> EraseAsync(Campaign campaign, long id, Actor actor) => RunAsync(campaign, id, (write, row) =>
        {
            if (!row.IsKnown)
                return null;
            subscriptions.End(write, row, SubscriberEnd.Erased);
            Erasure.Erase(write, row);
            actor.Audit(write, "signature.erase", campaign.Slug, Ids.Text(id));
            return null;
        });

    private Task<Refusal?> RunAsync(Campaign campaign, long id, Func<WriteTransaction, SignatureRow, Refusal?> act) =>
        database.Writes.RunAsync(write =>
            SignatureRow.Find(write, campaign.Id, id) is { } row ? act(write, row) : Refusal.NotFound
        );
}
