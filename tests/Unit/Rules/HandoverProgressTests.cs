using System.Globalization;
using Campaigns.Handovers;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Day zero and state from attempts and answers, each as day:outcome:packets.</summary>
public sealed class HandoverProgressTests
{
    [Theory]
    [InlineData("", "", "planned", null)]
    [InlineData("17:received:1", "", "delivered", 17)]
    [InlineData("17:posted:1", "", "delivered", 17)]
    [InlineData("17:refused:1", "", "attempted", null)]
    [InlineData("17:left-outside:1", "", "attempted", null)]
    [InlineData("17:returned:1", "", "attempted", null)]
    [InlineData("17:refused:1 20:left-outside:1 24:received:1", "", "delivered", 24)]
    // A refusal after the delivery changes nothing.
    [InlineData("17:received:1 20:refused:1", "", "delivered", 17)]
    // The receipt of what was posted moves day zero, once.
    [InlineData("17:posted:1 21:received:1", "", "delivered", 21)]
    [InlineData("17:posted:1 21:received:1 24:received:1", "", "delivered", 21)]
    [InlineData("17:received:1 21:received:1", "", "delivered", 17)]
    [InlineData("17:received:1 21:posted:1", "", "delivered", 17)]
    // Another packet does not move it.
    [InlineData("17:posted:1 21:received:2", "", "delivered", 17)]
    [InlineData("17:posted:1,2 21:received:2", "", "delivered", 17)]
    [InlineData("17:posted:1,2 21:received:1,2", "", "delivered", 21)]
    // A return takes it back, and the next delivery starts anew.
    [InlineData("17:posted:1 25:returned:1", "", "attempted", null)]
    [InlineData("17:received:1 25:returned:1", "", "attempted", null)]
    [InlineData("17:posted:1 25:returned:1 28:posted:1", "", "delivered", 28)]
    [InlineData("17:posted:1 25:returned:1 28:posted:1 30:received:1", "", "delivered", 30)]
    [InlineData("17:posted:1,2 25:returned:1", "", "delivered", 17)]
    [InlineData("17:posted:1 18:posted:2 25:returned:1", "", "delivered", 18)]
    // Recorded late: the days decide, not the order of recording.
    [InlineData("25:returned:1 17:posted:1", "", "attempted", null)]
    [InlineData("21:received:1 17:posted:1", "", "delivered", 21)]
    // On one day the order of recording decides.
    [InlineData("17:refused:1 17:received:1", "", "delivered", 17)]
    [InlineData("17:received:1 17:returned:1", "", "attempted", null)]
    // Answers.
    [InlineData("17:received:1", "20:full", "answered", 17)]
    [InlineData("17:received:1", "17:full", "answered", 17)]
    [InlineData("17:received:1", "20:partial", "answered", 17)]
    [InlineData("17:received:1", "20:refused", "answered", 17)]
    [InlineData("17:received:1", "20:acknowledged", "delivered", 17)]
    [InlineData("17:received:1", "20:acknowledged 25:full", "answered", 17)]
    [InlineData("17:received:1", "20:full 25:acknowledged", "answered", 17)]
    [InlineData("17:refused:1", "20:refused", "answered", null)]
    [InlineData("17:received:1 22:returned:1", "20:full", "answered", null)]
    // An answer before every attempt.
    [InlineData("", "20:full", "wrong-state", null)]
    [InlineData("17:received:1", "16:full", "wrong-state", null)]
    [InlineData("17:received:1", "16:acknowledged", "wrong-state", null)]
    public void State_and_day_zero_follow_the_days(string attempts, string answers, string state, int? dayZero)
    {
        var outcome = HandoverProgress.Compute(isCancelled: false, Attempts(attempts), Answers(answers));
        Assert.Equal(state, outcome.Refusal?.Code ?? outcome.Value!.State);
        Assert.Equal(dayZero, outcome.Value?.DayZero?.Day);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("20:acknowledged", 1)]
    [InlineData("20:partial 25:full", 2)]
    [InlineData("25:full 20:partial", 1)]
    [InlineData("20:full 20:refused", 2)]
    [InlineData("20:full 25:acknowledged", 1)]
    public void Newest_answer_stands_and_an_acknowledgement_only_alone(string answers, int? stands) =>
        Assert.Equal(
            stands,
            HandoverProgress.Compute(isCancelled: false, Attempts("17:received:1"), Answers(answers)).Value!.Answer
        );

    [Fact]
    public void Cancelled_plan_is_cancelled_and_a_delivery_cannot_be()
    {
        Assert.Equal("cancelled", HandoverProgress.Compute(true, Attempts("17:refused:1"), []).Value!.State);
        Assert.Equal(
            Refusal.WrongState,
            HandoverProgress.Compute(isCancelled: true, Attempts("17:received:1"), []).Refusal
        );
    }

    [Theory]
    [InlineData("17:received:1", "ready", null)]
    [InlineData("17:received:1", "queued", "packet-not-ready")]
    [InlineData("17:refused:1", "building", "packet-not-ready")]
    [InlineData("17:posted:1", "failed", "packet-not-ready")]
    [InlineData("17:posted:1", "ended", "packet-not-ready")]
    [InlineData("17:received:1", "stale", "packet-stale")]
    // What is with the recipient or a carrier has left already.
    [InlineData("17:posted:1 21:received:1", "stale", null)]
    [InlineData("17:posted:1 21:posted:1", "stale", "packet-stale")]
    [InlineData("17:received:1 21:returned:1", "ended", null)]
    public void Packet_that_leaves_is_ready(string attempts, string status, string? code)
    {
        var all = Attempts(attempts);
        var refusal = HandoverRules.RefuseAttempt(
            all[^1],
            all[..^1],
            new Dictionary<long, string> { [1] = status }
        );
        Assert.Equal(code, refusal?.Code);
    }

    [Fact]
    public void Notes_are_erased_after_the_answer_or_two_years_after_the_last_attempt()
    {
        var day = new DateOnly(2020, 2, 29);
        Assert.Equal(new DateOnly(2021, 2, 28), HandoverRules.EraseNotesOn(day, day.AddDays(-40), day, 365));
        Assert.Equal(new DateOnly(2022, 2, 28), HandoverRules.EraseNotesOn(null, day, day.AddDays(-40), 365));
        Assert.Equal(new DateOnly(2022, 2, 28), HandoverRules.EraseNotesOn(null, null, day, 365));
    }

    private static List<AttemptFacts> Attempts(string text) =>
        [
            .. Parts(text)
                .Select(
                    (part, index) =>
                        new AttemptFacts(
                            index + 1,
                            Day(part[0]),
                            part[1],
                            [.. part[2].Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture))]
                        )
                ),
        ];

    private static List<AnswerFacts> Answers(string text) =>
        [.. Parts(text).Select((part, index) => new AnswerFacts(index + 1, Day(part[0]), part[1]))];

    private static IEnumerable<string[]> Parts(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(':'));

    private static DateOnly Day(string text) => new(2019, 5, int.Parse(text, CultureInfo.InvariantCulture));
}
