namespace Campaigns.Invalidations;

/// <summary>
/// The statuses of a bulk invalidation, spelled as in the database and the contract.
/// </summary>
public static class InvalidationStatus
{
    /// <summary>The worker counts what the conditions cover.</summary>
    public const string Counting = "counting";
    public const string Counted = "counted";
    public const string AwaitingApproval = "awaiting-approval";
    public const string Running = "running";
    public const string Done = "done";

    /// <summary>
    /// Stopped, before or while it ran. What it invalidated until then can be undone.
    /// </summary>
    public const string Cancelled = "cancelled";

    /// <summary>Staff undid it; the worker may still be at it.</summary>
    public const string Undone = "undone";

    public static IReadOnlyList<string> All { get; } =
    [Counting, Counted, AwaitingApproval, Running, Done, Cancelled, Undone];
}
