namespace Campaigns.Db.Letters;

/// <summary>A mail domain with letters that wait, or one that staff marked as genuine.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Waiting">Letters that wait for their turn.</param>
/// <param name="Since">When the oldest of them was queued; null without one.</param>
/// <param name="GenuineUntil">Until when it is not bounded; null if it is.</param>
public sealed record WaitingDomain(
    string Domain,
    long Waiting,
    DateTimeOffset? Since,
    DateTimeOffset? GenuineUntil
);
