using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Rules;

public sealed class PacketRulesTests
{
    // The campaign lists GB and NO. The embassy has low risk, all countries, and sees names; the office has high risk,
    // NO only, and sees initials.
    private static readonly Campaign _campaign = SampleCampaign.Create();

    [Theory]
    [InlineData("embassy", null, null, "GB NO ZZ")]
    [InlineData("embassy", null, "NO ZZ", "NO ZZ")]
    [InlineData("embassy", "NO GB", null, "GB NO")]
    [InlineData("embassy", "NO", "NO SE", "NO")]
    [InlineData("office", null, null, "NO")]
    [InlineData("embassy", "GB", "NO", "countries")]
    [InlineData("embassy", "SE", null, "countries")]
    [InlineData("embassy", "", null, "countries")]
    [InlineData("embassy", null, "SE", "countries")]
    [InlineData("office", "GB", null, "countries")]
    [InlineData("office", null, "GB", "countries")]
    [InlineData("unknown", null, null, "recipient")]
    public void Countries_are_those_of_campaign_recipient_staff_and_request(
        string recipient,
        string? asked,
        string? scope,
        string expected
    )
    {
        var outcome = PacketRules.Check(_campaign, Request(recipient) with { Countries = List(asked) }, List(scope));
        if (outcome.Refusal is { } refusal)
            Assert.Equal([expected], refusal.Errors!.Keys);
        else
            Assert.Equal(expected, string.Join(' ', outcome.Value!.Countries));
    }

    [Theory]
    [InlineData("embassy", Disclosure.Name, Disclosure.Name)]
    [InlineData("embassy", Disclosure.Initials, Disclosure.Initials)]
    [InlineData("embassy", Disclosure.Count, Disclosure.Count)]
    [InlineData("office", Disclosure.Name, Disclosure.Initials)]
    [InlineData("office", Disclosure.Initials, Disclosure.Initials)]
    [InlineData("office", Disclosure.Count, Disclosure.Count)]
    public void Disclosure_is_lowered_to_the_maximum_of_the_recipient(
        string recipient,
        Disclosure asked,
        Disclosure expected
    ) =>
        Assert.Equal(
            expected,
            PacketRules.Check(_campaign, Request(recipient) with { Disclosure = asked }, null).Value!.Disclosure
        );

    [Theory]
    [InlineData("embassy", true, true, null)]
    [InlineData("embassy", false, false, null)]
    [InlineData("office", true, false, "include[0]")]
    [InlineData("office", false, true, "include[0]")]
    [InlineData("office", false, false, null)]
    public void Tables_are_refused_for_high_risk(string recipient, bool csv, bool xlsx, string? refused) =>
        Assert.Equal(
            refused,
            PacketRules
                .Check(_campaign, Request(recipient) with { Csv = csv, Xlsx = xlsx }, null)
                .Refusal?.Errors!.Keys.Single()
        );

    [Theory]
    [InlineData("en", true)]
    [InlineData("nl", true)]
    [InlineData("nb", true)]
    [InlineData("ru", true)]
    [InlineData("de", false)]
    [InlineData("nb-NO", false)]
    public void Packet_has_one_of_four_languages(string locale, bool accepted) =>
        Assert.Equal(
            accepted,
            PacketRules.Check(_campaign, Request("embassy") with { Locale = locale }, null).Refusal is null
        );

    [Fact]
    public void Language_of_the_recipient_is_the_default_and_otherwise_that_of_the_campaign()
    {
        Assert.Equal("nb", PacketRules.DefaultLocale(_campaign, "embassy"));
        var recipients = _campaign.Recipients.Select(one => one with { Locale = "ru" });
        Assert.Equal("ru", PacketRules.DefaultLocale(_campaign with { Recipients = [.. recipients] }, "embassy"));
        Assert.Equal("nb", PacketRules.DefaultLocale(_campaign, null));
    }

    // Heads were signed at 0, 4 and 7.
    [Theory]
    [InlineData(null, 7, 7)]
    [InlineData(7L, 7, 7)]
    [InlineData(4L, 7, 4)]
    [InlineData(0L, 7, 0)]
    [InlineData(null, 0, 0)]
    [InlineData(0L, 0, 0)]
    [InlineData(6L, 7, null)]
    [InlineData(8L, 7, null)]
    [InlineData(1L, 0, null)]
    [InlineData(7L, 4, null)]
    public void Head_is_the_newest_or_an_earlier_signed_one(long? asked, long newest, int? expected)
    {
        var outcome = PacketRules.ChooseHead(asked, newest, size => size is 0 or 4 or 7);
        if (expected is { } size)
            Assert.Equal((size, null), (outcome.Value, outcome.Refusal));
        else
            Assert.Equal(["cutOff"], outcome.Refusal!.Errors!.Keys);
    }

    [Theory]
    [InlineData(50, "", 50)]
    [InlineData(50, "50", 50)]
    [InlineData(50, "31", 31)]
    [InlineData(50, "69", 69)]
    [InlineData(50, "30", 50)]
    [InlineData(50, "70", 50)]
    [InlineData(50, "35 45 60", 45)]
    [InlineData(50, "45 55", 45)]
    [InlineData(5, "0", 5)]
    [InlineData(0, "5", 0)]
    public void Cut_off_near_that_of_another_packet_becomes_that_one(long head, string others, long expected) =>
        Assert.Equal(
            expected,
            PacketRules.ChooseCutOff(
                head,
                List(others)!.Select(other => long.Parse(other, System.Globalization.CultureInfo.InvariantCulture)),
                minBatch: 20
            )
        );

    [Theory]
    [InlineData(4L, 19, false)]
    [InlineData(5L, 19, true)]
    [InlineData(0L, 20, true)]
    [InlineData(null, 19, false)]
    [InlineData(null, 20, true)]
    public void Five_packets_of_a_member_and_twenty_of_a_campaign_wait(long? ofMember, long ofCampaign, bool full) =>
        Assert.Equal(full, PacketRules.AreTooMany(ofMember, 5, ofCampaign, 20));

    // GB has no line, NL has 10,001 lines in two volumes, NO has two.
    [Theory]
    [InlineData("NL", 1, 1, 0, null)]
    [InlineData("NL", 1, 10_000, 9_999, null)]
    [InlineData("NL", 2, 10_001, 10_000, null)]
    [InlineData("NO", 1, 1, 10_001, null)]
    [InlineData("NO", 1, 2, 10_002, null)]
    [InlineData("NO", 1, 3, 0, "line")]
    [InlineData("NO", 1, 0, 0, "line")]
    [InlineData("NO", 2, 1, 0, "volume")]
    [InlineData("NL", 2, 10_000, 0, "volume")]
    [InlineData("GB", 1, 1, 0, "line")]
    [InlineData("SE", 1, 1, 0, "country")]
    [InlineData("no", 1, 1, 0, "country")]
    public void Printed_line_has_a_place_in_its_volume(string country, int volume, long line, long place, string? wrong)
    {
        var outcome = PacketRules.FindLine(
            ["GB", "NL", "NO"],
            new Dictionary<string, PacketCounts>
            {
                ["GB"] = new(3, 0, 0, 3, 0),
                ["NL"] = new(10_005, 10_000, 1, 4, 0),
                ["NO"] = new(2, 0, 2, 0, 0),
            },
            country,
            volume,
            line
        );
        if (wrong is null)
            Assert.Equal((place, null), (outcome.Value, outcome.Refusal));
        else
            Assert.Equal([wrong], outcome.Refusal!.Errors!.Keys);
    }

    [Theory]
    [InlineData("GB NO", null, true)]
    [InlineData("GB NO", "NO GB SE", true)]
    [InlineData("GB NO", "NO", false)]
    [InlineData("ZZ", "NO", false)]
    public void Staff_reach_packets_whose_countries_are_all_theirs(string countries, string? scope, bool reached) =>
        Assert.Equal(reached, PacketRules.IsInScope(List(countries)!, List(scope)));

    [Theory]
    [InlineData("embassy", "GB NO ZZ", true)]
    [InlineData("office", "NO", true)]
    [InlineData("office", "NO GB", false)]
    public void Packet_is_built_only_for_countries_of_its_recipient(string key, string countries, bool allowed) =>
        Assert.Equal(
            allowed,
            PacketRules.IsStillAllowed(_campaign.Recipients.Single(one => one.Key == key), List(countries)!)
        );

    /// <summary>Signer, packet and recipient: the lowest of the three applies.</summary>
    [Fact]
    public void A_line_shows_the_lowest_of_three_choices_and_nothing_to_recipients_added_later()
    {
        var chosen = SampleCampaign.AddedAt.AddDays(1);
        foreach (var signer in Enum.GetValues<Disclosure>())
        {
            foreach (var packet in Enum.GetValues<Disclosure>())
            {
                foreach (var most in Enum.GetValues<Disclosure>())
                {
                    var lowest = new[] { signer, packet, most }.Min();
                    var added = SampleCampaign.AddedAt;
                    Assert.Equal(lowest, LineDisclosure.Compute(signer, chosen, packet, most, added));
                    Assert.Equal(
                        Disclosure.Count,
                        LineDisclosure.Compute(signer, chosen, packet, most, chosen.AddDays(1))
                    );
                    Assert.Equal(Disclosure.Count, LineDisclosure.Compute(null, chosen, packet, most, added));
                }
            }
        }
    }

    [Fact]
    public void Builds_give_up_after_three_failures_or_a_hundred_restarts() =>
        Assert.Equal((3, 100), (PacketRules.MostFailures, PacketRules.MostRestarts));

    private static PacketRequest Request(string recipient) =>
        new(recipient, null, Disclosure.Count, "en", null, Csv: false);

    private static string[]? List(string? codes) => codes?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
