namespace Campaigns.Handovers;

/// <summary>What a file of evidence shows: an attempt or an answer of a hand-over.</summary>
/// <param name="Kind"><see cref="Attempt"/> or <see cref="Answer"/>.</param>
/// <param name="Number">Its number in the hand-over, from 1.</param>
public sealed record EvidenceSubject(string Kind, int Number)
{
    public const string Attempt = "attempt";
    public const string Answer = "answer";
}
