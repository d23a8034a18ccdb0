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
    [InlineData("𝔘ni", "𝔘.")]
    [InlineData("Jan de Vries", "J. d. V.")]
    [InlineData("\u200BAnna Berg", "A. B.")]
    [InlineData("(Anna) Berg", "A. B.")]
    [InlineData("«Anna» “Berg”", "A. B.")]
    [InlineData("-Anna .Berg", "A. B.")]
    [InlineData("O'Brien d'Arcy", "O. d.")]
    [InlineData("3rd Earl", "3. E.")]
    [InlineData("علی\u200Cرضا رضایی", "ع. ر.")]
    [InlineData("שָׁלוֹם לוי", "שָׁ. ל.")]
    [InlineData("A\u200Dnna", "A.")]
    [InlineData("葛\U000E0100城 市", "葛\U000E0100. 市.")]
    public void Initial_is_the_first_letter_or_digit_of_a_word_with_its_marks(string name, string initials) =>
        Assert.Equal(initials, Initials.Of(name));

    [Theory]
    [InlineData("Jan 't Hart", "J. H.")]
    [InlineData("Jan ’t Hart", "J. H.")]
    [InlineData("Jan ‘t Hart", "J. H.")]
    [InlineData("Jan ʼt Hart", "J. H.")]
    [InlineData("Jan & Anna", "J. A.")]
    [InlineData("Anna – Berg", "A. B.")]
    [InlineData("👩‍👩‍👧 Kari 👍", "K.")]
    [InlineData("👩‍👩‍👧x y", "x. y.")]
    [InlineData("(( A )) B", "A. B.")]
    public void Word_without_a_letter_or_digit_of_its_own_gives_no_initial(string name, string initials) =>
        Assert.Equal(initials, Initials.Of(name));

    [Theory]
    [InlineData("'t", "t.")]
    [InlineData("ʻ", "ʻ.")]
    [InlineData("ʻAkilisi Pōhiva", "A. P.")]
    [InlineData("‘t ’s", "t. s.")]
    public void Every_name_has_an_initial(string name, string initials) => Assert.Equal(initials, Initials.Of(name));
}
