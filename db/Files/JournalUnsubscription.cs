namespace Campaigns.Db.Files;

/// <summary>
/// An end of a subscription that its person caused, which a restored backup must not undo.
/// </summary>
/// <param name="At">When it ended.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="SubscriberId">The id of its row.</param>
public sealed record JournalUnsubscription(DateTimeOffset At, long CampaignId, long SubscriberId)
{
    public const string Kind = "unsubscribed";
}
