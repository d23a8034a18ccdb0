using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>An attempt as stored.</summary>
/// <param name="Id">The id of its row.</param>
/// <param name="Number">Its number in the hand-over, from 1.</param>
/// <param name="Draft">What staff recorded, with the packets.</param>
/// <param name="RecordedAt">When it was recorded first.</param>
/// <param name="CorrectedAt">When it was corrected last; null if never.</param>
public sealed record RecordedAttempt(
    long Id,
    int Number,
    AttemptDraft Draft,
    DateTimeOffset RecordedAt,
    DateTimeOffset? CorrectedAt
)
{
    public AttemptFacts Facts => new(Number, Draft.On, Draft.Outcome, Draft.Packets!);
}
