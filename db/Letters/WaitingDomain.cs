namespace Campaigns.Db.Letters;

/// <summary>
/// A mail domain with letters that wait, one that staff marked as genuine, or one that refuses
/// letters for policy.
/// </summary>
/// <param name="Domain">The domain.</param>
/// <param name="Waiting">Letters that wait for their turn.</param>
/// <param name="Since">When the oldest of them was queued; null without one.</param>
/// <param name="GenuineUntil">Until when it is not bounded; null if it is.</param>
public sealed record WaitingDomain(string Domain, long Waiting, DateTimeOffset? Since, DateTimeOffset? GenuineUntil)
{
    /// <summary>
    /// Letters that it refused for policy (5.7.x) lately. Small domains are counted as
    /// <c>other</c>.
    /// </summary>
    public long RefusedForPolicy { get; init; }
}
