namespace Campaigns.Handovers;

public static class AttemptOutcome
{
    public const string Received = "received";
    public const string LeftOutside = "left-outside";
    public const string Refused = "refused";
    public const string Posted = "posted";
    public const string Returned = "returned";

    public static IReadOnlyList<string> All { get; } = [Received, LeftOutside, Refused, Posted, Returned];
}
