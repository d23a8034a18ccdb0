using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Packets;

public sealed class InitialsTests
{
    [Theory]
    [InlineData("Kari Nordmann", "K. N.")]
    [InlineData("Kari", "K.")]
    [InlineData("A  B\u00A0C\u3000D E", "A. B. C. D.")]
    [InlineData("Éva Ö", "É. Ö.")]
    [InlineData("E\u0323\u0302va", "E\u0323\u0302.")]
    [InlineData("山田 太郎", "山. 太.")]
    [InlineData("👩‍👩‍👧x y", "👩‍👩‍👧. y.")]
    [InlineData("𝔘ni", "𝔘.")]
    public void Initials_are_the_first_grapheme_of_at_most_four_words(string name, string initials) =>
        Assert.Equal(initials, Initials.Of(name));
}
