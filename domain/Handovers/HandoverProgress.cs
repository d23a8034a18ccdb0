namespace Campaigns.Handovers;

/// <summary>How far a hand-over is, computed from its attempts and answers.</summary>
/// <param name="State">One of <see cref="HandoverState"/>.</param>
/// <param name="DayZero">The day of delivery, from which the answer is due; null without
/// one.</param>
/// <param name="Answer">The number of the answer that stands; null without an answer.</param>
public sealed record HandoverProgress(string State, DateOnly? DayZero, int? Answer)
{
    /// <summary>
    /// Follows attempts and answers by day through the table of <see cref="HandoverLifecycle"/>. On
    /// one day attempts come before answers, each in the order of recording. Refused as the table
    /// says, for example for an answer before every attempt.
    /// </summary>
    public static Outcome<HandoverProgress> Compute(
        bool isCancelled,
        IReadOnlyList<AttemptFacts> attempts,
        IReadOnlyList<AnswerFacts> answers
    )
    {
        var state = HandoverState.Planned;
        var delivered = new DeliveredPackets();
        var steps = attempts
            .Select(attempt => new Step(attempt.On, attempt.Number, attempt, null))
            .Concat(answers.Select(answer => new Step(answer.On, answer.Number, null, answer)))
            .OrderBy(step => step.On)
            .ThenBy(step => step.Attempt is null)
            .ThenBy(step => step.Number);
        foreach (var step in steps)
        {
            var act = step.Attempt is { } attempt ? delivered.Apply(attempt) : ActOf(step.Answer!);
            var transition = HandoverLifecycle.Find(state, act);
            if (transition.State is not { } next)
                return transition.Refusal!;
            state = next;
        }
        if (isCancelled)
        {
            var transition = HandoverLifecycle.Find(state, HandoverAct.Cancel);
            if (transition.State is not { } cancelled)
                return transition.Refusal!;
            state = cancelled;
        }
        return new HandoverProgress(state, delivered.DayZero, FindStanding(answers));
    }

    // The newest that ends the clock stands. An acknowledgement stands only where there is no such answer.
    private static int? FindStanding(IReadOnlyList<AnswerFacts> answers) =>
        answers
            .OrderBy(answer => AnswerKind.Ends(answer.Kind))
            .ThenBy(answer => answer.On)
            .ThenBy(answer => answer.Number)
            .LastOrDefault()
            ?.Number;

    private static HandoverAct ActOf(AnswerFacts answer) =>
        AnswerKind.Ends(answer.Kind) ? HandoverAct.Answer : HandoverAct.Acknowledge;

    private sealed record Step(DateOnly On, int Number, AttemptFacts? Attempt, AnswerFacts? Answer);
}
