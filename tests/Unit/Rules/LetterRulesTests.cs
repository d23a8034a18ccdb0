using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

public sealed class LetterRulesTests
{
    private static readonly DateTimeOffset _now = new(2019, 5, 17, 12, 0, 0, TimeSpan.Zero);

    // The state of the signature, then why a letter to it is obsolete by kind: confirm, manage, already-signed.
    // A - means that it is sent. A missing row has no state.
    private static readonly Dictionary<string, string> _obsolete = new(StringComparer.Ordinal)
    {
        ["pending"] = "- - -",
        ["confirmed"] = "not-pending - -",
        ["invalidated"] = "not-pending not-standing not-standing",
        ["withdrawn"] = "not-pending not-standing not-standing",
        ["expired"] = "not-pending not-standing not-standing",
        ["erased"] = "not-pending not-standing not-standing",
        ["missing"] = "not-pending not-standing not-standing",
    };

    public static TheoryData<string> States => [.. _obsolete.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void Letter_is_obsolete_when_the_table_says_so(string name)
    {
        var state = name == "missing" ? null : name;
        string[] kinds = [LetterKind.Confirm, LetterKind.Manage, LetterKind.AlreadySigned];
        var words = kinds.Select(kind => LetterRules.Obsolete(kind, state, true, false, true) ?? "-");
        Assert.Equal(_obsolete[name], string.Join(' ', words));
        foreach (var kind in kinds)
        {
            var word = LetterRules.Obsolete(kind, state, true, false, hasNewestLink: false);
            Assert.Equal(LetterRules.Obsolete(kind, state, true, false, true) ?? "superseded", word);
            Assert.Equal("suppressed", LetterRules.Obsolete(kind, state, true, isSuppressed: true, true));
            Assert.Equal("gone", LetterRules.Obsolete(kind, state, hasAddress: false, true, true));
        }
    }

    // The state of the subscriber, then why a letter is obsolete: one that asks, an update.
    [Theory]
    [InlineData("pending", "- not-subscribed")]
    [InlineData("active", "- -")]
    [InlineData("ended", "gone not-subscribed")]
    [InlineData(null, "gone not-subscribed")]
    public void Letter_to_a_subscriber_is_obsolete_when_the_table_says_so(string? state, string expected)
    {
        var asks = LetterRules.ObsoleteSubscription(state, isSuppressed: false, hasNewestLink: true);
        var update = LetterRules.ObsoleteUpdate(state, isPublished: true, isSuppressed: false);
        Assert.Equal(expected, $"{asks ?? "-"} {update ?? "-"}");
        Assert.Equal(asks ?? "superseded", LetterRules.ObsoleteSubscription(state, false, hasNewestLink: false));
        Assert.Equal(asks ?? "suppressed", LetterRules.ObsoleteSubscription(state, isSuppressed: true, false));
        Assert.Equal(update ?? "withdrawn", LetterRules.ObsoleteUpdate(state, isPublished: false, true));
        Assert.Equal(update ?? "suppressed", LetterRules.ObsoleteUpdate(state, true, isSuppressed: true));
    }

    // Every result of a try, for a letter with its failure so far and its age at the next try.
    [Theory]
    [InlineData(DeliveryResult.Sent, null, false, "sent, , tried")]
    [InlineData(DeliveryResult.Sent, "unknown", false, "sent, , tried")]
    [InlineData(DeliveryResult.Sent, "4.2.1", true, "sent, , tried")]
    [InlineData(DeliveryResult.Permanent, null, false, "failed, 4.9.9, tried")]
    [InlineData(DeliveryResult.Permanent, "unknown", true, "failed, 4.9.9, tried")]
    [InlineData(DeliveryResult.NotTried, null, false, "queued, , not tried")]
    [InlineData(DeliveryResult.NotTried, "unknown", false, "queued, unknown, not tried")]
    [InlineData(DeliveryResult.NotTried, "4.2.1", true, "queued, 4.2.1, not tried")]
    [InlineData(DeliveryResult.Unknown, null, false, "queued, unknown, tried, due after 15 minutes")]
    [InlineData(DeliveryResult.Unknown, "4.2.1", true, "queued, unknown, tried, due after 15 minutes")]
    [InlineData(DeliveryResult.Unknown, "unknown", false, "unknown, 4.9.9, tried")]
    [InlineData(DeliveryResult.Unknown, "unknown", true, "unknown, 4.9.9, tried")]
    [InlineData(DeliveryResult.Temporary, null, false, "queued, 4.9.9, tried, due after 8 minutes")]
    [InlineData(DeliveryResult.Temporary, "4.2.1", false, "queued, 4.9.9, tried, due after 8 minutes")]
    [InlineData(DeliveryResult.Temporary, "unknown", false, "queued, unknown, tried, due after 8 minutes")]
    [InlineData(DeliveryResult.Temporary, null, true, "failed, 4.9.9, tried")]
    [InlineData(DeliveryResult.Temporary, "unknown", true, "failed, 4.9.9, tried")]
    public void Result_of_a_try_decides_what_becomes_of_the_letter(
        DeliveryResult result,
        string? failure,
        bool tooOld,
        string expected
    )
    {
        var created = _now - LetterRules.GiveUpAfter + (tooOld ? TimeSpan.Zero : TimeSpan.FromMinutes(8));
        var letter = new LetterHistory(created, Tries: 3, failure);
        var after = LetterRules.AfterDelivery(result, "4.9.9", letter, _now, jitter: 1);
        var due = after.DueAt is { } at ? $", due after {(at - _now).TotalMinutes} minutes" : "";
        Assert.Equal(expected, $"{after.State}, {after.Failure}, {(after.Tried ? "tried" : "not tried")}{due}");
    }

    [Fact]
    public void Letters_are_tried_after_one_minute_two_four_up_to_four_hours()
    {
        int[] minutes = [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240];
        Assert.Equal(
            minutes.Select(minute => TimeSpan.FromMinutes(minute)),
            Enumerable.Range(0, minutes.Length).Select(LetterRules.DelayAfter)
        );
        Assert.Equal(TimeSpan.FromHours(4), LetterRules.DelayAfter(1_000));
    }

    [Fact]
    public void Address_gets_letters_below_the_limit_and_cancelled_ones_do_not_count()
    {
        var below = new[] { 0L, 4, 5, 6 }.Where(letters => LetterRules.IsBelowLimit(letters, limit: 5));
        Assert.Equal([0, 4], below);
        Assert.Equal(["queued", "sent", "failed", "unknown"], LetterState.All.Where(LetterRules.CountsForLimit));
    }

    [Fact]
    public void Late_confirmation_letter_restarts_its_link()
    {
        foreach (var state in LetterState.All)
        {
            string[] kinds = [LetterKind.Confirm, LetterKind.Manage, LetterKind.AlreadySigned, LetterKind.Subscription];
            foreach (var kind in kinds)
            {
                var late = LetterRules.RestartsLink(kind, state, _now.AddMinutes(-1).AddMilliseconds(-1), _now);
                Assert.Equal(kind is "confirm" or "subscription" && state == "sent", late);
                Assert.False(LetterRules.RestartsLink(kind, state, _now.AddMinutes(-1), _now));
            }
        }
    }

    [Fact]
    public void Terms_of_letters()
    {
        Assert.Equal(TimeSpan.FromDays(7), LetterRules.LinkLifetime);
        Assert.Equal(TimeSpan.FromDays(7), LetterRules.LimitWindow);
        Assert.Equal(TimeSpan.FromDays(5), LetterRules.GiveUpAfter);
        Assert.Equal(TimeSpan.FromDays(90), LetterRules.BounceSuppression);
        Assert.Equal(TimeSpan.FromDays(1), LetterRules.RetryBounceAfter);
        Assert.Equal(SignatureLifecycle.NotMeSuppression, LetterRules.BounceSuppression);
        Assert.Equal(("cancelled", "gone", false), Facts(LetterRules.Cancel("gone")));

        static (string, string?, bool) Facts(LetterResult result) => (result.State, result.Failure, result.Tried);
    }
}
