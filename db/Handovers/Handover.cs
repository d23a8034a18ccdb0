using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>
/// A hand-over as stored, with its attempts and answers in the order of recording.
/// </summary>
public sealed record Handover
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }

    /// <summary>Changes with every change of the plan, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>What was planned. The notes are empty where they were not asked for.</summary>
    public required HandoverPlan Plan { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required IReadOnlyList<RecordedAttempt> Attempts { get; init; }
    public required IReadOnlyList<RecordedAnswer> Answers { get; init; }

    /// <summary>Files that are not erased; empty where the notes were not asked for.</summary>
    public required IReadOnlyList<RecordedEvidence> Evidence { get; init; }

    public HandoverProgress Progress =>
        field ??= HandoverProgress
            .Compute(
                Plan.IsCancelled,
                [.. Attempts.Select(attempt => attempt.Facts)],
                [.. Answers.Select(answer => answer.Facts)]
            )
            .Value
            ?? throw new InvalidOperationException("A hand-over has attempts and answers that exclude each other.");

    /// <summary>The files of an attempt or answer, in the order of recording.</summary>
    public IEnumerable<RecordedEvidence> EvidenceOf(EvidenceSubject subject) =>
        Evidence.Where(one => one.Subject == subject);

    /// <summary>The answer that stands; null without one.</summary>
    public RecordedAnswer? Answer => Answers.FirstOrDefault(answer => answer.Number == Progress.Answer);
}
