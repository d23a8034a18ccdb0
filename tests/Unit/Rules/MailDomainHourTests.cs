using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

public sealed class MailDomainHourTests
{
    private static readonly DateTimeOffset _now = new(2019, 5, 17, 12, 0, 0, TimeSpan.Zero);

    // The number of a letter, from 0, and after how many minutes it may leave; - for at once.
    [Theory]
    [InlineData(0, "- - - - 60 75 90 105 120")]
    [InlineData(-30, "- - - - 30 45 60 75 90")]
    [InlineData(60, "60 75 90 105 120 135 150 165 180")]
    public void Letters_past_the_places_of_an_hour_are_spread_over_the_next(int minutes, string expected)
    {
        var hour = new MailDomainHour(_now.AddMinutes(minutes), 9);
        var turns = Enumerable
            .Range(0, 9)
            .Select(number => hour.TurnOf(number, limit: 4, _now))
            .Select(turn => turn is { } at ? $"{(at - _now).TotalMinutes}" : "-");
        Assert.Equal(expected, string.Join(' ', turns));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(4, 0, 4)]
    [InlineData(5, 1, 1)]
    [InlineData(8, 1, 4)]
    [InlineData(9, 2, 1)]
    public void Newest_hour_is_the_last_with_a_used_place(long letters, int hours, long left) =>
        Assert.Equal(
            new MailDomainHour(_now.AddHours(hours), left),
            new MailDomainHour(_now, letters).Newest(limit: 4)
        );

    [Fact]
    public void Place_is_needed_once_unless_it_stayed_unused_for_an_hour()
    {
        Assert.True(MailDomainHour.IsNeeded(1, 0, null, _now));
        Assert.False(MailDomainHour.IsNeeded(2, 1, null, _now));
        Assert.False(MailDomainHour.IsNeeded(2, 0, _now.AddMinutes(-59), _now));
        Assert.True(MailDomainHour.IsNeeded(2, 0, _now.AddMinutes(-60), _now));
        Assert.False(MailDomainHour.IsNeeded(3, 1, _now.AddDays(-1), _now));
        Assert.Equal(TimeSpan.FromDays(30), MailDomainHour.GenuineFor);
    }

    [Fact]
    public void List_of_large_providers_has_some_two_hundred_mail_domains()
    {
        Assert.InRange(LargeMailProviders.Count, 190, 260);
        foreach (var domain in (string[])["gmail.com", "hotmail.no", "ziggo.nl", "online.no", "btinternet.com"])
            Assert.True(LargeMailProviders.Has(domain), domain);
        Assert.False(LargeMailProviders.Has("example.org"));
        Assert.Equal("gmail.com", EmailAddress.ParseDomain("Gmail.COM"));
        Assert.Null(EmailAddress.ParseDomain("kari@gmail.com"));
        Assert.Null(EmailAddress.ParseDomain("localhost"));
    }
}
