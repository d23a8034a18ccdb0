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
    [InlineData("\"kari nordmann\"@example.org")]
    [InlineData("kari(comment)@example.org")]
    [InlineData("kari@[127.0.0.1]")]
    [InlineData("kari@127.0.0.1")]
    [InlineData("Kari <kari@example.org>")]
    [InlineData("kari@example.org,ola@example.org")]
    [InlineData(".kari@example.org")]
    [InlineData("kari.@example.org")]
    [InlineData("ka..ri@example.org")]
    [InlineData("kari@example..org")]
    [InlineData("kari@example.org.")]
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
