using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Signatures;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("kari@example.org", "kari@example.org")]
    [InlineData(" Kari.Nordmann+News@Example.ORG \n", "kari.nordmann+news@example.org")]
    [InlineData("o'brien!#$%&*/=?^_`{|}~-@example.org", "o'brien!#$%&*/=?^_`{|}~-@example.org")]
    [InlineData("JOSE\u0301@mu\u0308nchen.example", "josé@xn--mnchen-3ya.example")]
    [InlineData("a@XN--MNCHEN-3YA.example", "a@xn--mnchen-3ya.example")]
    [InlineData("Пётр@пример.рф", "пётр@xn--e1afmkfd.xn--p1ai")]
    [InlineData("用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d")]
    [InlineData("a@r3---sn-x.example.com", "a@r3---sn-x.example.com")]
    [InlineData("İ@example.org", "İ@example.org")]
    public void Valid_addresses_are_accepted_and_normalised(string typed, string normalised)
    {
        var (address, problem) = EmailAddress.Parse(typed);
        Assert.Null(problem);
        Assert.Equal(normalised, address!.Normalised);
        Assert.Equal(normalised, EmailAddress.Parse(normalised).Address!.Normalised);
        Assert.Equal(typed.Trim().Normalize(), address.Typed);
        Assert.EndsWith("@" + address.Domain, address.Normalised, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("kari")]
    [InlineData("@example.org")]
    [InlineData("kari@")]
    [InlineData("kari@localhost")]
    [InlineData("a@b@example.org")]
    [InlineData("=?utf-8?q?a?=@example.org")]
    [InlineData("\"kari nordmann\"@example.org")]
    [InlineData("kari(comment)@example.org")]
    [InlineData("kari@[127.0.0.1]")]
    [InlineData("kari@127.0.0.1")]
    [InlineData("kari@example.org <ola@example.org>")]
    [InlineData("<kari@example.org> <ola@example.org>")]
    [InlineData("Kari <kari@example.org")]
    [InlineData("mailto:")]
    [InlineData("mailto:kari@example.org,ola@example.org")]
    [InlineData("kari@example.org,ola@example.org")]
    [InlineData(".kari@example.org")]
    [InlineData("kari.@example.org")]
    [InlineData("ka..ri@example.org")]
    [InlineData("kari@example..org")]
    [InlineData("kari@example.org..")]
    [InlineData("kari@-example.org")]
    [InlineData("kari@exa_mple.org")]
    [InlineData("kari@xn--\u00FC.org")]
    [InlineData("kari@xn--0.org")]
    [InlineData("ka ri@example.org")]
    [InlineData("ka\u00A0ri@example.org")]
    [InlineData("ka\u200Bri@example.org")]
    [InlineData("kari@exam\u200Bple.org")]
    [InlineData("kari@exam\u00ADple.org")]
    [InlineData("kari@exam\uFE0Fple.org")]
    [InlineData("kari@example\u3002org")]
    [InlineData("ka\u3164ri@example.org")]
    [InlineData("ka\rri@example.org")]
    [InlineData("kari@example.org\r\nBcc: x@example.org")]
    [InlineData("ka\u0000ri@example.org")]
    [InlineData("ka\u202Eri@example.org")]
    public void Invalid_addresses_are_refused_and_not_quoted(string? typed)
    {
        var (address, problem) = EmailAddress.Parse(typed);
        Assert.Null(address);
        Assert.EndsWith(".", problem);
        Assert.DoesNotContain("kari", problem, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("mailto:kari@example.org")]
    [InlineData("MAILTO:kari@example.org?subject=Petition")]
    [InlineData("<kari@example.org>")]
    [InlineData(" < kari@example.org > ")]
    [InlineData("Kari Nordmann <kari@example.org>")]
    [InlineData("\"Nordmann, Kari\" <kari@example.org>")]
    [InlineData("<mailto:kari@example.org>")]
    [InlineData("kari@example.org.")]
    [InlineData("<kari@example.org.>")]
    public void Wrapping_of_a_copied_address_is_removed(string typed)
    {
        var address = EmailAddress.Parse(typed).Address;
        Assert.Equal(("kari@example.org", "kari@example.org"), (address?.Typed, address?.Normalised));
    }

    [Theory]
    [InlineData("ka\u200Bri@example.org", InputProblem.Invisible)]
    [InlineData("kari@example.org\uFEFF", InputProblem.Invisible)]
    [InlineData("\u202Akari@example.org\u202C", InputProblem.Invisible)]
    [InlineData("ka\tri@example.org", InputProblem.Invisible)]
    [InlineData("ka ri@example.org", InputProblem.Space)]
    [InlineData("kari@example.org\u00A0x", InputProblem.Space)]
    [InlineData("kari", InputProblem.NoAddress)]
    [InlineData("kari@example.org", null)]
    public void Cause_says_that_an_invisible_character_is_there(string typed, object? cause) =>
        Assert.Equal((InputProblem?)cause, EmailAddress.ProblemOf(typed));

    [Theory]
    [InlineData("gmial.com", "gmail.com")]
    [InlineData("GMIAL.com", "gmail.com")]
    [InlineData("gamil.com", "gmail.com")]
    [InlineData("gmai.com", "gmail.com")]
    [InlineData("gmaill.com", "gmail.com")]
    [InlineData("gmail.con", "gmail.com")]
    [InlineData("gmail.co", "gmail.com")]
    [InlineData("hotmial.com", "hotmail.com")]
    [InlineData("yaho.com", "yahoo.com")]
    [InlineData("outlok.com", "outlook.com")]
    [InlineData("gmail.com", null)]
    [InlineData("ymail.com", null)]
    [InlineData("hotmail.no", null)]
    [InlineData("gmx.net", null)]
    [InlineData("example.org", null)]
    public void Misspelt_provider_is_let_through_with_a_question(string domain, string? meant)
    {
        var address = EmailAddress.Parse("kari@" + domain).Address;
        Assert.NotNull(address);
        Assert.Equal(meant, address.MeantDomain);
    }

    [Fact]
    public void Address_length_is_bounded_in_bytes()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 37), 5));
        Assert.Null(EmailAddress.Parse($"{new string('a', 64)}@{domain}").Problem);
        Assert.NotNull(EmailAddress.Parse($"{new string('a', 65)}@{domain}").Problem);
        Assert.NotNull(EmailAddress.Parse($"{new string('é', 33)}@{domain}").Problem);
        Assert.NotNull(EmailAddress.Parse($"{new string('a', 64)}@d{domain}").Problem);
        Assert.NotNull(EmailAddress.Parse($"a@{new string('d', 64)}.org").Problem);
        Assert.NotNull(EmailAddress.Parse(new string('a', 1_000_000)).Problem);
    }
}
