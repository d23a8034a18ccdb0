using System.Globalization;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>When personal data is erased, and what a signer is promised.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset _now = new(2019, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "2019-05-17", "2019-05-17T12:00:00Z", null, null)]
    [InlineData(30, null, null, null, null)]
    [InlineData(30, "2019-05-17", null, null, null)]
    [InlineData(30, null, "2019-05-17T12:00:00Z", null, "2019-06-16T12:00:00Z")]
    [InlineData(30, "2019-05-17", "2019-05-17T12:00:00Z", null, "2019-06-17T00:00:00Z")]
    [InlineData(30, "2019-05-16", "2019-05-17T12:00:00Z", null, "2019-06-16T12:00:00Z")]
    [InlineData(0, "2019-05-17", "2019-05-01T12:00:00Z", null, "2019-05-18T00:00:00Z")]
    // The announced closing counts, also when staff close earlier or later.
    [InlineData(30, null, "2019-05-17T12:00:00Z", "2019-05-02T00:00:00Z", "2019-06-16T12:00:00Z")]
    // Without one, staff who close it leave at least 30 days.
    [InlineData(60, null, null, "2019-05-02T00:00:00Z", "2019-07-01T00:00:00Z")]
    [InlineData(0, null, null, "2019-05-02T00:00:00Z", "2019-06-01T00:00:00Z")]
    [InlineData(10, "2019-05-17", null, "2019-05-02T00:00:00Z", "2019-06-01T00:00:00Z")]
    [InlineData(30, "2019-05-17", null, "2019-05-02T00:00:00Z", "2019-06-17T00:00:00Z")]
    public void Retention_runs_from_the_later_of_hand_over_and_closing(
        int? days,
        string? handOver,
        string? closes,
        string? closed,
        string? erases
    ) => Assert.Equal(Moment(erases), Create(days, handOver, closes, closed).ErasesAt);

    [Theory]
    [InlineData(null, "2019-05-17", "2019-05-17T12:00:00Z", null)]
    [InlineData(30, null, "2019-05-17T12:00:00Z", "2019-06-16T12:00:00Z")]
    [InlineData(30, "2019-05-17", null, "2019-06-17T00:00:00Z")]
    [InlineData(0, "2019-05-17", null, "2019-05-18T00:00:00Z")]
    // The day of the hand-over has passed and no closing is announced: the signer's own day counts.
    [InlineData(90, "2019-04-01", null, "2019-07-30T12:00:00Z")]
    [InlineData(0, "2019-04-01", null, "2019-05-31T12:00:00Z")]
    [InlineData(10, null, null, "2019-05-31T12:00:00Z")]
    public void Signer_is_promised_the_latest_date(int? days, string? handOver, string? closes, string? promised) =>
        Assert.Equal(Moment(promised), Create(days, handOver, closes, null).PromisedAt(_now));

    [Fact]
    public void Term_begins_when_staff_closed_and_ends_once()
    {
        var closed = new DateTimeOffset(2019, 5, 17, 0, 0, 0, TimeSpan.Zero);
        var campaign = SampleCampaign.Create() with { HandOverOn = null, ClosedAt = closed };
        foreach (var state in CampaignState.All)
            Assert.Equal(
                state is "closed" or "archived" ? closed.AddDays(30) : (DateTimeOffset?)null,
                (campaign with { State = state }).Retention.ErasesAt
            );
        var term = (campaign with { State = CampaignState.Closed }).Retention;
        Assert.False(term.IsDue(null, closed.AddDays(30).AddMilliseconds(-1)));
        Assert.True(term.IsDue(null, closed.AddDays(30)));
        // Erased before the campaign was opened again: the new signatures have a new term.
        Assert.True(term.IsDue(closed.AddDays(-3), closed.AddDays(30)));
        Assert.False(term.IsDue(closed.AddDays(30), closed.AddDays(31)));
        Assert.False((term with { EraseAfterDays = null }).IsDue(null, closed.AddDays(999)));
    }

    private static Retention Create(int? days, string? handOver, string? closes, string? closed) =>
        new(
            days,
            handOver is null ? null : DateOnly.ParseExact(handOver, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Moment(closes),
            Moment(closed)
        );

    private static DateTimeOffset? Moment(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
