using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class HandoverExamples
{
    private const string Packet = "463856467968002048";

    private static readonly DateOnly _day = new(2019, 5, 17);
    private static readonly DateTimeOffset _at = new(2019, 5, 17, 11, 0, 0, TimeSpan.Zero);

    public static EvidenceView Evidence { get; } =
        new(
            1,
            EvidenceRules.Jpeg,
            184_320,
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            new DateTimeOffset(2019, 5, 17, 12, 0, 0, TimeSpan.Zero)
        );

    private static readonly AttemptView _attempt = new(
        1,
        _day,
        AttemptOutcome.Received,
        [Packet],
        "At the gate",
        "Kari Nordmann",
        "2019/118",
        null,
        _at,
        null,
        [Evidence]
    );

    public static HandoverRequest New { get; } =
        new(
            "embassy-london",
            [Packet],
            "International Day Against Homophobia",
            _day,
            "11:30",
            "6/7 Kensington Palace Gardens",
            ["Kari Nordmann"],
            "Ring at the consular gate.",
            true
        );

    /// <summary>A merge patch: only what changes.</summary>
    public static object Change { get; } = new { time = "12:00", @public = true };

    public static AttemptRequest Attempt { get; } =
        new(_day, AttemptOutcome.Received, "At the gate", "Kari Nordmann", "2019/118");

    public static object CorrectAttempt { get; } = new
    {
        outcome = AttemptOutcome.LeftOutside,
        reason = "The guard did not take it.",
    };

    public static AnswerRequest Answer { get; } =
        new(new DateOnly(2019, 6, 12), AnswerKind.Partial, "An investigation is promised.", "Letter 44/19");

    public static object CorrectAnswer { get; } = new { kind = AnswerKind.Refused, reason = "misread" };

    public static HandoverView Handover { get; } =
        new(
            "463856467968002060",
            "chechnya-2019",
            "embassy-london",
            HandoverState.Delivered,
            false,
            New.Occasion,
            _day,
            New.Time,
            New.Place,
            New.Delegation,
            New.Note,
            true,
            [Packet],
            _day,
            new DateOnly(2019, 6, 16),
            AnswerClock.Explain(_day, AnswerTerm.OfDays(30)),
            3,
            _at,
            [_attempt],
            [],
            null,
            []
        );

    public static PublicHandoverView Public { get; } =
        new(
            "embassy-oslo",
            HandoverState.Delivered,
            _day,
            _day,
            [new PublicAttemptView(_day, AttemptOutcome.Received)],
            new DateOnly(2019, 6, 16),
            3,
            null
        );
}
