namespace Campaigns;

/// <summary>
/// The operator stopped signing, letters, packets and downloads at once, until a time or until it
/// is ended.
/// </summary>
/// <param name="Reason">For staff; it is shown to no supporter.</param>
/// <param name="Since">The beginning.</param>
/// <param name="Until">Null: until it is ended.</param>
public sealed record Freeze(string Reason, DateTimeOffset Since, DateTimeOffset? Until)
{
    /// <summary>The longest reason, in characters.</summary>
    public const int LongestReason = 500;

    public bool IsInForce(DateTimeOffset now) => Until is not { } until || now < until;
}
