namespace Campaigns.Handovers;

public static class HandoverState
{
    /// <summary>There is a plan and no attempt.</summary>
    public const string Planned = "planned";

    /// <summary>
    /// No packet is with the recipient: each was refused, left outside or returned.
    /// </summary>
    public const string Attempted = "attempted";

    /// <summary>A packet was received, or is in the post. The recipient has not answered.</summary>
    public const string Delivered = "delivered";

    public const string Answered = "answered";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Planned, Attempted, Delivered, Answered, Cancelled];
}
