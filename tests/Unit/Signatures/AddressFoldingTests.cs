using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Signatures;

public sealed class AddressFoldingTests
{
    [Theory]
    [InlineData("box@example.org", "box@example.org")]
    [InlineData("Box+1@Example.org", "box@example.org")]
    [InlineData("box+1+2@example.org", "box@example.org")]
    [InlineData("+1@example.org", "+1@example.org")]
    [InlineData("kari.nordmann@example.org", "kari.nordmann@example.org")]
    [InlineData("Kari.Nordmann+news@gmail.com", "karinordmann@gmail.com")]
    [InlineData("k.a.r.i@googlemail.com", "kari@gmail.com")]
    [InlineData("kari@sub.gmail.com", "kari@sub.gmail.com")]
    [InlineData("k.a-r@outlook.com", "k.a-r@outlook.com")]
    public void Tag_is_cut_and_dots_where_the_provider_ignores_them(string address, string folded) =>
        Assert.Equal(folded, EmailAddress.Parse(address).Address!.Folded);
}
