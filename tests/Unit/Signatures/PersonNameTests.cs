using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Signatures;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Kari Nordmann")]
    [InlineData("J.R.R. Tolkien")]
    [InlineData("J.R.R.Tolkien")]
    [InlineData("St. John")]
    [InlineData("St.John")]
    [InlineData("Dr.de Vries")]
    [InlineData("A.B. de Vries")]
    [InlineData("Anne/Marie")]
    [InlineData("O'Brien-Ñúñez, Ph.D.")]
    [InlineData("www")]
    [InlineData("Николай Компетенский")]
    [InlineData("山田 太郎")]
    [InlineData("محمد بن سلمان")]
    [InlineData("A\u200Dسی\u200Cد")]
    [InlineData("𝔘𝔫𝔦 👩‍👩‍👧")]
    [InlineData("'); DROP TABLE signatures;--")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("=cmd|' /C calc'!A0")]
    public void Name_keeps_its_spelling(string name)
    {
        Assert.Equal(new Canonical(name, null), PersonName.Check(name));
        Assert.Equal(new Canonical(name, null), Locality.Check(name));
    }

    [Theory]
    [InlineData("  Kari \u00A0\u3000\t", "Kari")]
    [InlineData("Zoe\u0308", "Zoë")]
    [InlineData("\u2028Kari\r\n", "Kari")]
    public void Canonical_form_of_a_name_is_NFC_and_trimmed(string typed, string canonical) =>
        Assert.Equal(canonical, PersonName.Check(typed).Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \u3000 ")]
    [InlineData("12345")]
    [InlineData("\u3164")]
    [InlineData("\u200B")]
    [InlineData("👍")]
    [InlineData("Ka\u0000ri")]
    [InlineData("Ka\nri")]
    [InlineData("Ka\u0085ri")]
    [InlineData("Ka\u2028ri")]
    [InlineData("Ka\u2029ri")]
    [InlineData("Ka\u202Eri")]
    [InlineData("Ka\u2066ri")]
    [InlineData("Ka\u2069ri")]
    [InlineData("Ka\uFFFEri")]
    [InlineData("Ka\uFDD0ri")]
    [InlineData("Kari https://example.org")]
    [InlineData("HTTP://x")]
    [InlineData("ｈｔｔｐ：／／example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("see www.example.dk")]
    [InlineData("cheap.example/pills")]
    [InlineData("cheap.ru:8080/pills")]
    [InlineData("cheap-pills.com")]
    [InlineData("Cheap.Shop now")]
    public void Refusal_of_a_name_does_not_quote_it(string? typed)
    {
        var (value, problem) = PersonName.Check(typed);
        Assert.Null(value);
        Assert.EndsWith(".", problem);
        if (!string.IsNullOrWhiteSpace(typed))
            Assert.DoesNotContain(typed, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xD800, 'a')]
    [InlineData('a', 0xDC00)]
    [InlineData(0xDC00, 0xD800)]
    public void Lone_surrogates_are_refused(int first, int second)
    {
        var typed = new string([(char)first, (char)second]);
        Assert.NotNull(PersonName.Check(typed).Problem);
        Assert.NotNull(Locality.Check(typed).Problem);
        Assert.NotNull(EmailAddress.Parse($"{typed}@example.org").Problem);
    }

    [Fact]
    public void Length_is_counted_in_scalar_values_after_NFC()
    {
        Assert.Null(PersonName.Check(string.Concat(Enumerable.Repeat("𝔘", 200))).Problem);
        Assert.Null(PersonName.Check(string.Concat(Enumerable.Repeat("e\u0301", 200))).Problem);
        Assert.NotNull(PersonName.Check(new string('a', 201)).Problem);
        Assert.Null(Locality.Check(new string('a', 100)).Problem);
        Assert.NotNull(Locality.Check(new string('a', 101)).Problem);
    }

    [Fact]
    public void Locality_is_optional()
    {
        Assert.Equal(new Canonical(null, null), Locality.Check(null));
        Assert.Equal(new Canonical(null, null), Locality.Check(" \t"));
        Assert.Equal("12", Locality.Check("12").Value);
        Assert.NotNull(Locality.Check("--").Problem);
    }
}
