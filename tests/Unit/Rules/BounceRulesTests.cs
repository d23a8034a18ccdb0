using Campaigns.Letters;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>What refusals and complaints change for a mailbox.</summary>
public sealed class BounceRulesTests
{
    private static readonly DateTimeOffset _now = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_report_has_an_effect_on_every_mailbox()
    {
        string[] expected =
        [
            "Other: Fine Nothing, MissingLately Nothing, MissingBefore Nothing, OftenSoft Nothing, Suppressed Nothing",
            "Missing: Fine Note, MissingLately Note, MissingBefore Suppress, OftenSoft Note, Suppressed Suppress",
            "Gone: Fine Suppress, MissingLately Suppress, MissingBefore Suppress, OftenSoft Suppress, "
                + "Suppressed Suppress",
            "Soft: Fine Count, MissingLately Count, MissingBefore Count, OftenSoft Suppress, Suppressed Count",
            "Policy: Fine BlameDomain, MissingLately BlameDomain, MissingBefore BlameDomain, OftenSoft BlameDomain, "
                + "Suppressed BlameDomain",
            "Complaint: Fine Unsubscribe, MissingLately Unsubscribe, MissingBefore Unsubscribe, "
                + "OftenSoft Unsubscribe, Suppressed Unsubscribe",
        ];
        Assert.Equal(
            expected,
            Enum.GetValues<BounceKind>()
                .Select(kind =>
                    $"{kind}: "
                    + string.Join(
                        ", ",
                        Enum.GetValues<MailboxStanding>().Select(one => $"{one} {BounceRules.Find(kind, one)}")
                    )
                )
        );
    }

    [Theory]
    [InlineData("5.1.1", BounceKind.Missing)]
    [InlineData("5.1.2", BounceKind.Gone)]
    [InlineData("5.1.3", BounceKind.Gone)]
    [InlineData("5.1.6", BounceKind.Gone)]
    [InlineData("5.1.10", BounceKind.Gone)]
    [InlineData("5.2.1", BounceKind.Gone)]
    [InlineData("5.1.0", BounceKind.Soft)]
    [InlineData("5.2.2", BounceKind.Soft)]
    [InlineData("5.4.4", BounceKind.Soft)]
    [InlineData("4.2.2", BounceKind.Soft)]
    [InlineData("452", BounceKind.Soft)]
    [InlineData("5.7.1", BounceKind.Policy)]
    [InlineData("4.7.0", BounceKind.Policy)]
    [InlineData("5.1.7", BounceKind.Policy)]
    [InlineData("5.1.8", BounceKind.Policy)]
    [InlineData("5.3.4", BounceKind.Other)]
    [InlineData("5.6.7", BounceKind.Other)]
    [InlineData("550", BounceKind.Other)]
    [InlineData("connection-lost", BounceKind.Other)]
    [InlineData("", BounceKind.Other)]
    public void Status_tells_what_is_wrong(string status, BounceKind kind)
    {
        Assert.Equal(kind, BounceRules.KindOf(status));
        Assert.Equal(kind, new LetterResult(LetterState.Failed, status).Bounce);
        Assert.Equal(BounceKind.Other, new LetterResult(LetterState.Queued, status).Bounce);
    }

    [Fact]
    public void Second_missing_mailbox_suppresses_only_after_a_day_and_within_ninety()
    {
        var (first, record) = BounceRules.Apply(BounceKind.Missing, MailboxRecord.Empty, _now);
        var soon = BounceRules.Apply(BounceKind.Missing, record, _now.AddHours(23));
        var later = BounceRules.Apply(BounceKind.Missing, soon.Record, _now.AddDays(1));
        var longAgo = BounceRules.Apply(BounceKind.Missing, record, _now.AddDays(90));
        Assert.Equal(
            [BounceEffect.Note, BounceEffect.Note, BounceEffect.Suppress, BounceEffect.Note],
            [first, soon.Effect, later.Effect, longAgo.Effect]
        );
        Assert.Equal(_now.AddDays(91), later.Record.SuppressedUntil);
        Assert.Equal(_now, soon.Record.MissingAt);
        Assert.Equal(_now.AddDays(90), longAgo.Record.MissingAt);
    }

    [Fact]
    public void New_refusal_renews_the_ninety_days()
    {
        var (_, record) = BounceRules.Apply(BounceKind.Gone, MailboxRecord.Empty, _now);
        var renewed = BounceRules.Apply(BounceKind.Missing, record, _now.AddDays(30)).Record;
        Assert.Equal(_now.AddDays(120), renewed.SuppressedUntil);
        Assert.True(BounceRules.Stops(renewed, _now.AddDays(119), _now.AddDays(119)));
        Assert.False(BounceRules.Stops(renewed, _now.AddDays(120), _now.AddDays(120)));
        Assert.Equal(_now.AddDays(120), BounceRules.EndsAt(renewed));
    }

    [Fact]
    public void Fifth_soft_refusal_within_fourteen_days_suppresses()
    {
        var record = MailboxRecord.Empty;
        List<BounceEffect> effects = [];
        // The first is too old when the fifth comes.
        foreach (var day in (int[])[0, 13, 14, 15, 16, 17])
        {
            var (effect, next) = BounceRules.Apply(BounceKind.Soft, record, _now.AddDays(day));
            effects.Add(effect);
            record = next;
        }
        Assert.Equal([.. Enumerable.Repeat(BounceEffect.Count, 5), BounceEffect.Suppress], effects);
        Assert.Equal(_now.AddDays(17 + 90), record.SuppressedUntil);
    }

    [Fact]
    public void Complaint_stops_only_letters_that_were_asked_for_before()
    {
        var (_, record) = BounceRules.Apply(BounceKind.Complaint, MailboxRecord.Empty, _now);
        Assert.True(BounceRules.Stops(record, _now, _now.AddDays(1)));
        Assert.False(BounceRules.Stops(record, _now.AddSeconds(1), _now.AddDays(1)));
        Assert.False(BounceRules.Stops(record, _now, _now.AddDays(90)));
    }
}
