using Campaigns.Invalidations;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>The rules of a bulk invalidation, written out a second time.</summary>
public sealed class InvalidationLifecycleTests
{
    private static readonly DateTimeOffset _counted = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);

    private static readonly CoveredSignature _signature = new(
        SignaturePhase.Confirmed,
        "GB",
        null,
        null,
        _counted.AddHours(-2),
        _counted.AddHours(-1),
        null
    );

    // counting, counted, awaiting approval, running, done, cancelled, undone
    [Theory]
    [InlineData(
        InvalidationAct.Start,
        "[wrong-state] running [approval-needed] [already-decided] [already-decided] [already-decided] "
            + "[already-decided]"
    )]
    [InlineData(
        InvalidationAct.Approve,
        "[wrong-state] [wrong-state] running [already-decided] [already-decided] [already-decided] [already-decided]"
    )]
    [InlineData(
        InvalidationAct.Cancel,
        "cancelled cancelled cancelled cancelled [wrong-state] - [wrong-state]"
    )]
    [InlineData(
        InvalidationAct.Undo,
        "[wrong-state] [wrong-state] [wrong-state] [wrong-state] undone undone -"
    )]
    public void Act_leads_each_status_where_the_table_says(InvalidationAct act, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                InvalidationStatus
                    .All.Select(status => InvalidationLifecycle.Find(status, act))
                    .Select(cell => cell.Refusal is { } refusal ? $"[{refusal.Code}]" : cell.Status ?? "-")
            )
        );

    [Theory]
    [InlineData(100, 0, 0, 0, 0, false)]
    [InlineData(101, 0, 0, 0, 0, true)]
    [InlineData(10, 10, 0, 0, 1000, false)]
    [InlineData(11, 11, 0, 0, 1000, true)]
    // Unconfirmed signatures are no part of the confirmed.
    [InlineData(50, 0, 0, 0, 1000, false)]
    [InlineData(1, 1, 0, 0, 10, true)]
    // What the member started before is added.
    [InlineData(40, 0, 60, 0, 0, false)]
    [InlineData(41, 0, 60, 0, 0, true)]
    [InlineData(5, 5, 5, 5, 1000, false)]
    [InlineData(6, 6, 5, 5, 1000, true)]
    public void More_than_100_or_one_percent_needs_a_second_member(
        long covered,
        long coveredConfirmed,
        long started,
        long startedConfirmed,
        long confirmed,
        bool needed
    ) =>
        Assert.Equal(
            needed,
            InvalidationRules.NeedsApproval(
                new CoveredCount(covered, coveredConfirmed),
                new CoveredCount(started, startedConfirmed),
                confirmed,
                new InvalidationLimits(100, 1)
            )
        );

    [Fact]
    public void Members_who_asked_cannot_approve()
    {
        Assert.Equal(Refusal.OwnRequest, InvalidationRules.RefuseApproval(1, 1, 2));
        Assert.Equal(Refusal.OwnRequest, InvalidationRules.RefuseApproval(2, 1, 2));
        Assert.Null(InvalidationRules.RefuseApproval(3, 1, 2));
    }

    [Fact]
    public void Undo_is_possible_for_seven_days()
    {
        Assert.Null(InvalidationRules.RefuseUndo(_counted, _counted.AddDays(7).AddMilliseconds(-1)));
        Assert.Equal(Refusal.TooLateToUndo, InvalidationRules.RefuseUndo(_counted, _counted.AddDays(7)));
    }

    [Fact]
    public void Conditions_cover_what_meets_all_of_them()
    {
        Assert.True(new InvalidationConditions().IsEmpty);
        Covers(new(), _signature);
        Covers(new() { Countries = ["NL", "GB"] }, _signature);
        Covers(new() { SignedFrom = _signature.SignedAt, SignedTo = _counted }, _signature);
        Covers(new() { States = ["confirmed"] }, _signature);
        Covers(new() { Wave = 17, HoldReason = "network" }, _signature with { Wave = 17, HoldReason = "network" });
        Misses(new() { Countries = ["NL"] }, _signature);
        Misses(new() { SignedFrom = _signature.SignedAt.AddMilliseconds(1) }, _signature);
        Misses(new() { SignedTo = _signature.SignedAt }, _signature);
        Misses(new() { States = ["pending"] }, _signature);
        Misses(new() { Wave = 17 }, _signature);
        Misses(new() { HoldReason = "network" }, _signature);
        Misses(new() { Countries = ["GB"], Wave = 17 }, _signature);
    }

    [Fact]
    public void Signature_that_changed_since_the_count_is_not_covered()
    {
        var later = _counted.AddMilliseconds(1);
        Misses(new(), _signature with { SignedAt = later });
        Misses(new(), _signature with { RestoredAt = later });
        Misses(new() { States = ["confirmed"] }, _signature with { ConfirmedAt = later });
        // It was covered as pending, and still is.
        Covers(new() { States = ["pending", "confirmed"] }, _signature with { ConfirmedAt = later });
        foreach (var phase in Enum.GetValues<SignaturePhase>())
            Assert.Equal(
                phase <= SignaturePhase.ConfirmedOnHold,
                new InvalidationConditions().Covers(_signature with { Phase = phase }, _counted)
            );
    }

    private static void Covers(InvalidationConditions conditions, CoveredSignature signature) =>
        Assert.True(conditions.Covers(signature, _counted));

    private static void Misses(InvalidationConditions conditions, CoveredSignature signature) =>
        Assert.False(conditions.Covers(signature, _counted));
}
