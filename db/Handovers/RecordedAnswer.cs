using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>An answer as stored.</summary>
/// <param name="Number">Its number in the hand-over, from 1.</param>
/// <param name="Draft">What staff recorded.</param>
/// <param name="RecordedAt">When it was recorded first.</param>
/// <param name="CorrectedAt">When it was corrected last; null if never.</param>
public sealed record RecordedAnswer(
    int Number,
    AnswerDraft Draft,
    DateTimeOffset RecordedAt,
    DateTimeOffset? CorrectedAt
)
{
    public AnswerFacts Facts => new(Number, Draft.On, Draft.Kind);
}
