namespace Campaigns.Tests.Unit.Rules;

/// <summary>The limits and the rules for single values of a campaign.</summary>
public sealed class CampaignFieldsTests
{
    [Theory]
    [InlineData("abc", true)]
    [InlineData("chechnya-2019", true)]
    [InlineData("ab", false)]
    [InlineData("Abc", false)]
    [InlineData("a_c", false)]
    [InlineData("abc\n", false)]
    [InlineData(null, false)]
    public void Slug_has_three_to_sixty_small_letters_digits_and_hyphens(string? slug, bool valid)
    {
        Assert.Equal(valid, CampaignFields.SlugProblem(slug) is null);
        Assert.Null(CampaignFields.SlugProblem(new string('a', 60)));
        Assert.NotNull(CampaignFields.SlugProblem(new string('a', 61)));
    }

    [Theory]
    [InlineData("k", true)]
    [InlineData("embassy-london", true)]
    [InlineData("", false)]
    [InlineData("Key!", false)]
    [InlineData("k\n", false)]
    [InlineData(null, false)]
    public void Recipient_key_has_one_to_sixty_of_the_same(string? key, bool valid)
    {
        Assert.Equal(valid, CampaignFields.RecipientKeyProblem(key) is null);
        Assert.NotNull(CampaignFields.RecipientKeyProblem(new string('a', 61)));
    }

    [Theory]
    [InlineData("en", true)]
    [InlineData("pt-BR", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("English", false)]
    [InlineData("EN", false)]
    [InlineData("e", false)]
    [InlineData("", false)]
    public void Locale_looks_like_a_language_tag(string locale, bool valid) =>
        Assert.Equal(valid, CampaignFields.LocaleProblem(locale) is null);

    [Theory]
    [InlineData("GB", true)]
    [InlineData("XK", true)]
    [InlineData("UK", false)]
    [InlineData("ZZ", false)]
    [InlineData("gb", false)]
    [InlineData(null, false)]
    public void Country_is_a_code_that_a_signer_can_choose(string? code, bool valid) =>
        Assert.Equal(valid, CampaignFields.CountryProblem(code) is null);

    [Theory]
    [InlineData("low", true)]
    [InlineData("high", true)]
    [InlineData("none", false)]
    [InlineData(null, false)]
    public void Risk_is_low_or_high(string? risk, bool valid) =>
        Assert.Equal(valid, CampaignFields.RiskProblem(risk) is null);

    [Theory]
    [InlineData("https://example.org", "https://example.org")]
    [InlineData("http://localhost:5000", "http://localhost:5000")]
    [InlineData("https://Friend.example/", "https://friend.example")]
    [InlineData("HTTPS://friend.example:443", "https://friend.example")]
    [InlineData("https://friend.example:8443/", "https://friend.example:8443")]
    [InlineData("https://Blåbær.example", "https://xn--blbr-roah.example")]
    [InlineData("http://[2001:DB8::1]:80", "http://[2001:db8::1]")]
    [InlineData("https://example.org/path", null)]
    [InlineData("https://example.org/?a", null)]
    [InlineData("https://example.org/#a", null)]
    [InlineData("https://kari@example.org", null)]
    [InlineData("https://kari:secret@example.org", null)]
    [InlineData("https://@example.org", null)]
    [InlineData("ftp://example.org", null)]
    [InlineData("example.org", null)]
    [InlineData("*", null)]
    [InlineData("null", null)]
    public void Origin_is_normalised_and_has_no_user_or_path(string typed, string? expected)
    {
        var origin = CampaignFields.Origin(typed);
        Assert.Equal(expected, origin.Value);
        Assert.Equal(expected is null, origin.Problem is not null);
    }

    [Fact]
    public void Campaign_closes_after_it_opens()
    {
        var opens = new DateTimeOffset(2019, 5, 17, 0, 0, 0, TimeSpan.Zero);
        Assert.Null(CampaignFields.ClosingProblem(null, null));
        Assert.Null(CampaignFields.ClosingProblem(opens, null));
        Assert.Null(CampaignFields.ClosingProblem(null, opens));
        Assert.Null(CampaignFields.ClosingProblem(opens, opens.AddMilliseconds(1)));
        Assert.NotNull(CampaignFields.ClosingProblem(opens, opens));
        Assert.NotNull(CampaignFields.ClosingProblem(opens, opens.AddDays(-1)));
    }

    [Theory]
    [InlineData(" All Out ", "All Out", "All Out")]
    [InlineData("e\u0301", "é", "é")]
    [InlineData("one\ntwo", null, "one\ntwo")]
    [InlineData("one\r\ntwo\rthree", null, "one\ntwo\nthree")]
    [InlineData("tab\there", null, "tab here")]
    [InlineData("one\u2028two", null, "one\ntwo")]
    [InlineData("one\u2029two", null, "one\ntwo")]
    [InlineData("over\u202eride", null, null)]
    [InlineData("iso\u2066late", null, null)]
    [InlineData("nul\0", null, null)]
    [InlineData("\uffff", null, null)]
    [InlineData(" \n ", null, null)]
    [InlineData("12345678901234567890", null, null)]
    public void Text_is_normalised_and_without_control_characters(string typed, string? line, string? prose)
    {
        var (asLine, asProse) = (CampaignFields.Line(typed, 19), CampaignFields.Prose(typed, 19));
        Assert.Equal((line, prose), (asLine.Value, asProse.Value));
        Assert.Equal((line is null, prose is null), (asLine.Problem is not null, asProse.Problem is not null));
    }

    [Theory]
    [InlineData("1 Street", "1 Street")]
    [InlineData("1 Street\r\nLondon W8\r\nUnited Kingdom\r\n", "1 Street\nLondon W8\nUnited Kingdom")]
    [InlineData("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\nf")]
    [InlineData("a\nb\nc\nd\ne\nf\ng", null)]
    [InlineData("a\n\nb", null)]
    [InlineData("a\tb", null)]
    [InlineData("a\u202eb", null)]
    public void Postal_address_has_up_to_six_lines(string typed, string? address)
    {
        Assert.Equal(address, CampaignFields.Address(typed).Value);
        Assert.Equal(address is null, CampaignFields.Address(typed).Problem is not null);
        Assert.NotNull(CampaignFields.Address(new string('a', 100)).Value);
        Assert.Null(CampaignFields.Address("a\n" + new string('a', 101)).Value);
    }

    [Theory]
    [InlineData("UK", "GB")]
    [InlineData("gb", "GB")]
    [InlineData("GBR", "GB")]
    [InlineData("gbr", "GB")]
    [InlineData("nor", "NO")]
    [InlineData("EL", "GR")]
    [InlineData("XKX", "XK")]
    [InlineData("England", null)]
    [InlineData("ZZ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Wrong_country_code_names_the_one_that_was_meant(string? typed, string? meant)
    {
        Assert.Equal(meant, Country.Suggest(typed));
        var problem = CampaignFields.CountryProblem(typed);
        Assert.NotNull(problem);
        Assert.Equal(meant is not null, problem.Contains($"Did you mean {meant}?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Europe/London", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("Etc/UTC", true)]
    [InlineData("Mars/Olympus", false)]
    [InlineData("../etc/passwd", false)]
    [InlineData("GMT Standard Time", false)]
    [InlineData("", false)]
    public void Time_zone_is_an_IANA_name(string zone, bool valid) =>
        Assert.Equal(valid, CampaignFields.TimeZoneProblem(zone) is null);

    [Fact]
    public void Every_country_has_a_time_zone() =>
        Assert.All(Country.Codes, code => Assert.True(TimeZones.Exists(Country.TimeZone(code)), code));

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Equal(
            ("This contains half a character.", "This contains half a character."),
            (CampaignFields.Line("\ud800", 9).Problem, CampaignFields.Prose("\ud800", 9).Problem)
        );

    // Part of the contract: a client checks its form by them.
    [Fact]
    public void Limits_are_these() =>
        Assert.Equal(
            [50, 200, 100, 1_000_000_000, 3650, 200, 200, 300, 40, 20_000, 200, 10_000, 300, 6, 100],
            [
                CampaignLimits.MostTexts,
                CampaignLimits.MostRecipients,
                CampaignLimits.MostOrigins,
                CampaignLimits.MostGoal,
                CampaignLimits.MostDays,
                CampaignLimits.Organisation,
                CampaignLimits.ControllerName,
                CampaignLimits.ControllerContact,
                CampaignLimits.NoticeVersion,
                CampaignLimits.NoticeText,
                CampaignLimits.TextTitle,
                CampaignLimits.TextDemand,
                CampaignLimits.RecipientName,
                CampaignLimits.RecipientAddressLines,
                CampaignLimits.RecipientAddressLine,
            ]
        );
}
