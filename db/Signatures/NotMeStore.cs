using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Subscribers;

namespace Campaigns.Db.Signatures;

/// <summary>
/// What the owner of a mailbox does about a signature that another person made with the address.
/// </summary>
public sealed class NotMeStore(
    Database database,
    SignatureEncryption encryption,
    KeyRing keys,
    SignerSubscriptions subscriptions
)
{
    /// <summary>The campaign of a link, or null if it is not usable. Changes nothing.</summary>
    public long? Find(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.NotMe, link, out var token))
            return null;
        using var connection = database.Read();
        return
            SignatureRow.Find(connection, token.CampaignId, token.RowId) is { } row
            && row.NotMeGeneration == token.Generation
            && (Erases(row) || token.Address is not null)
            ? token.CampaignId
            : null;
    }

    /// <summary>
    /// Erases the signature of the link, and a pending one that the address has got since.
    /// Suppresses letters of this campaign to the address for
    /// <see cref="SignatureLifecycle.NotMeSuppression"/>, also when the signature was erased
    /// before. Repeatable.
    /// </summary>
    public async Task<Refusal?> RunAsync(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.NotMe, link, out var token))
            return Refusal.LinkNotUsable;
        return await database.Writes.RunAsync(write =>
        {
            var row = SignatureRow.Find(write, token.CampaignId, token.RowId);
            if (row is null || row.NotMeGeneration != token.Generation)
                return Refusal.LinkNotUsable;
            if (!Erases(row))
                return Suppress(write, token);
            subscriptions.EndOwn(write, row, SubscriberEnd.Unsubscribed);
            SignatureTransitions.NotMe(write, row, keys.BlindIndex, encryption);
            return null;
        });
    }

    // The suppression needs the stored address.
    private static bool Erases(SignatureRow row) =>
        row.IsKnown && SignatureLifecycle.Find(row.Phase, SignatureAct.NotMe).ChangesRow;

    // The row has no address any more. The journal gets no entry, because it must contain nothing made from an address.
    private Refusal? Suppress(WriteTransaction write, Token token)
    {
        // Under a retired key no request finds the suppression.
        if (token.Address is not { } address || !keys.BlindIndex.LooksUp(address.Version))
            return Refusal.LinkNotUsable;
        var lookup = new LookupKey(0, token.CampaignId, address.Index);
        foreach (var later in SigningTable.FindKnown(write, [lookup]).Values.Where(IsUnconfirmed))
            SignatureTransitions.NotMe(write, later, keys.BlindIndex, encryption);
        Suppressions.Add(
            write,
            token.CampaignId,
            address,
            Suppressions.NotMe,
            write.Now,
            SignatureLifecycle.NotMeSuppression
        );
        return null;
    }

    private static bool IsUnconfirmed(SignatureRow row) =>
        row.Phase is SignaturePhase.Pending or SignaturePhase.PendingOnHold;
}
