namespace Campaigns.Db.Files;

/// <summary>
/// A letter with an update that left, or may have left, which a restored backup must not send a
/// second time.
/// </summary>
/// <param name="At">When its outcome was recorded.</param>
/// <param name="UpdateId">The update.</param>
/// <param name="SubscriberId">The id of the subscriber's row.</param>
public sealed record JournalSentUpdate(DateTimeOffset At, long UpdateId, long SubscriberId)
{
    public const string Kind = "update-sent";
}
