using Campaigns.Packets;

namespace Campaigns.Handovers;

/// <summary>
/// Which hand-overs may be planned, seen and recorded. Their states are in
/// <see cref="HandoverLifecycle"/>.
/// </summary>
public static class HandoverRules
{
    public const int MostPackets = 20;
    public const int MostDelegates = 50;
    public const int Line = 200;
    public const int Source = 500;
    public const int Prose = 5_000;

    /// <summary>
    /// Without an answer the private notes are erased this many years after the last attempt.
    /// </summary>
    public const int KeepYearsWithoutAnswer = 2;

    /// <summary>
    /// True if staff with this scope reach hand-overs to the recipient: all its countries must be
    /// theirs, so a recipient of all countries is out of reach. A null scope reaches every one.
    /// </summary>
    public static bool IsInScope(Campaign campaign, string recipient, IReadOnlyList<string>? scope) =>
        scope is null
        || (
            campaign.Recipients.FirstOrDefault(one => one.Key == recipient) is { Countries: { } countries }
            && countries.All(scope.Contains)
        );

    /// <summary>
    /// Refuses a packet of another campaign or recipient, or outside the actor's countries, at its
    /// place in the list.
    /// </summary>
    /// <param name="packets">The packets in their order; null where there is none.</param>
    /// <param name="known">True for a packet that the hand-over has already.</param>
    /// <param name="scope">The countries of the actor; null for all.</param>
    public static Refusal? RefusePlan(
        IReadOnlyList<CarriedPacket?> packets,
        Func<int, bool> known,
        IReadOnlyList<string>? scope
    )
    {
        var errors = new FieldErrors();
        foreach (var (index, packet) in packets.Index())
        {
            if (known(index) || (packet is { IsOfRecipient: true } && PacketRules.IsInScope(packet.Countries, scope)))
                continue;
            errors.Add(PathOf(index), "This must be a packet of this campaign for this recipient.");
        }
        return errors.ToRefusal();
    }

    /// <summary>Refuses packets in an attempt that the hand-over does not carry.</summary>
    public static Refusal? RefusePackets(IReadOnlyList<long> attempt, IReadOnlyList<long> planned)
    {
        var errors = new FieldErrors();
        foreach (var (index, packet) in attempt.Index())
            if (!planned.Contains(packet))
                errors.Add(PathOf(index), "The hand-over does not carry this packet.");
        return errors.ToRefusal();
    }

    /// <summary>
    /// Refuses an attempt with a packet that may not be carried. A packet that comes back, or that
    /// was posted before, has left already and may be in any status.
    /// </summary>
    public static Refusal? RefuseAttempt(
        AttemptFacts attempt,
        IReadOnlyList<AttemptFacts> earlier,
        IReadOnlyDictionary<long, string> statuses
    )
    {
        if (attempt.Outcome == AttemptOutcome.Returned)
            return null;
        var posted = earlier.Where(one => one.Outcome == AttemptOutcome.Posted).SelectMany(one => one.Packets);
        var arriving = attempt.Outcome == AttemptOutcome.Received ? attempt.Packets.Intersect(posted) : [];
        return attempt
            .Packets.Except(arriving)
            .Select(packet => PacketLifecycle.Find(statuses[packet], PacketAct.HandOver).Refusal)
            .FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>What is wrong with the day of an attempt or answer; null if nothing is.</summary>
    public static string? DayProblem(DateOnly on, DateOnly today) => on > today ? "This day is in the future." : null;

    /// <summary>
    /// Why attempts and answers do not go together: the refusal of the table, at the day where an
    /// answer would come before every attempt.
    /// </summary>
    public static Refusal? RefuseHistory(IReadOnlyList<AttemptFacts> attempts, IReadOnlyList<AnswerFacts> answers)
    {
        var refusal = HandoverProgress.Compute(isCancelled: false, attempts, answers).Refusal;
        return refusal is not null && attempts.Count > 0
            ? Refusal.Validation("on", "An answer would come before the first attempt.")
            : refusal;
    }

    /// <summary>The day from which the private notes are erased.</summary>
    /// <param name="answeredOn">The day of the answer that ended the clock; null without
    /// one.</param>
    /// <param name="lastAttemptOn">The day of the last attempt; null without one.</param>
    /// <param name="plannedOn">The planned day, or the day of the plan.</param>
    /// <param name="keepDays">The days after an answer.</param>
    public static DateOnly EraseNotesOn(
        DateOnly? answeredOn,
        DateOnly? lastAttemptOn,
        DateOnly plannedOn,
        int keepDays
    ) =>
        answeredOn is { } answered
            ? answered.AddDays(keepDays)
            : (lastAttemptOn ?? plannedOn).AddYears(KeepYearsWithoutAnswer);

    private static string PathOf(int index) => FormattableString.Invariant($"packets[{index}]");
}
