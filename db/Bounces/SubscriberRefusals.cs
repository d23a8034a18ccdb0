using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Db.Bounces;

/// <summary>A letter to a subscriber was refused, while it was sent or later.</summary>
internal static class SubscriberRefusals
{
    /// <summary>Suppresses its address as the rules say.</summary>
    public static void Record(
        WriteTransaction write,
        BlindIndex index,
        long campaignId,
        EmailAddress email,
        BounceKind kind,
        string code
    )
    {
        var effect = RefusedMailboxes.Apply(write, index, email, kind, code);
        if (effect.SuppressesInCampaign)
            Suppressions.AddBounced(write, campaignId, index.Address(campaignId, email.Normalised), effect.MailboxId);
    }
}
