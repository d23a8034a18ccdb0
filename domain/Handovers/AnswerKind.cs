namespace Campaigns.Handovers;

public static class AnswerKind
{
    public const string Full = "full";
    public const string Partial = "partial";
    public const string Refused = "refused";
    public const string Acknowledged = "acknowledged";

    public static IReadOnlyList<string> All { get; } = [Full, Partial, Refused, Acknowledged];

    /// <summary>True if the recipient has answered and the clock stops.</summary>
    public static bool Ends(string kind) => kind != Acknowledged;
}
