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
    [InlineData("❤\uFE0F\u200D🔥 葛\U000E0100")]
    [InlineData("ക്\u200Dഷ് അനില്\u200D")]
    [InlineData("র\u200D্যাব")]
    [InlineData("St.Gallen/SG")]
    [InlineData("Dr.Link")]
    [InlineData("Prof.Dr.Shop")]
    [InlineData("Frankfurt a.M./Main")]
    [InlineData("Cheap.Shop now")]
    [InlineData("Anna @home")]
    [InlineData("é\u0302\u0303\u0304\u0305\u0306\u0307\u0308")]
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
    [InlineData("kari\U000E0041")]
    [InlineData("Kari\U000E007F")]
    [InlineData("e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309")]
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

    [Theory]
    [InlineData("\u200BAnna Berg", "Anna Berg")]
    [InlineData("\uFEFFAnna\u200B Berg\u00AD", "Anna Berg")]
    [InlineData("An\u200B\u200Bna", "Anna")]
    [InlineData("An\u200Dna", "Anna")]
    [InlineData("Anna\u200B \u2060\n", "Anna")]
    [InlineData("\u200F\u200Eלוי", "לוי")]
    [InlineData("سی\u200C\u200C\u200Dد", "سی\u200Cد")]
    [InlineData("\u200Cسید\u200C", "سید")]
    [InlineData("a\u034F\u0301", "á")]
    [InlineData("葛\U000E0100\U000E0101", "葛\U000E0100")]
    [InlineData("An\u3164na\uFFA0", "Anna")]
    public void Invisible_characters_without_effect_are_removed(string typed, string canonical)
    {
        Assert.Equal(canonical, PersonName.Check(typed).Value);
        Assert.Equal(canonical, Locality.Check(typed).Value);
        Assert.Equal(canonical, PersonName.Check(canonical).Value);
    }

    [Theory]
    [InlineData("kari.berg@example.no")]
    [InlineData("kari@example")]
    [InlineData("Kari kari@x")]
    [InlineData("Kari (kari@example.org)")]
    [InlineData("kari_@example.org")]
    [InlineData("kari1@2b")]
    [InlineData("é\u0323@berg")]
    [InlineData("kari＠example")]
    [InlineData("kari﹫example")]
    [InlineData("kari\u200B@\u200Bexample")]
    [InlineData("用户@例子")]
    public void At_between_letters_is_refused_because_it_is_printed(string typed)
    {
        Assert.Equal(InputProblem.AtSign, PersonName.Check(typed).Cause);
        Assert.Equal(InputProblem.AtSign, Locality.Check(typed).Cause);
        Assert.Contains("printed", PersonName.Check(typed).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("see https://x", InputProblem.Scheme)]
    [InlineData("mailto:kari", InputProblem.Scheme)]
    [InlineData("WWW.berg", InputProblem.Www)]
    [InlineData("berg.no", InputProblem.WebAddress)]
    [InlineData("(berg.no)", InputProblem.WebAddress)]
    [InlineData("berg.no.", InputProblem.WebAddress)]
    [InlineData("Berg.No", null)]
    [InlineData("Bergen.No", InputProblem.WebAddress)]
    [InlineData("Dr.link", InputProblem.WebAddress)]
    [InlineData("Dr.Link/x", InputProblem.WebAddress)]
    [InlineData("see berg.no/x", InputProblem.WebAddress)]
    [InlineData("see berg.no?x", InputProblem.WebAddress)]
    [InlineData("see berg.no#x", InputProblem.WebAddress)]
    [InlineData("see berg.no:80", InputProblem.WebAddress)]
    [InlineData("see berg.localhost/x", InputProblem.WebAddress)]
    [InlineData("see berg.onion/x", InputProblem.WebAddress)]
    [InlineData("пример.рф", InputProblem.WebAddress)]
    [InlineData("例子。公司", InputProblem.WebAddress)]
    [InlineData("berg．no", InputProblem.WebAddress)]
    [InlineData("x.xn--p1ai/", InputProblem.WebAddress)]
    [InlineData("Berg.Nordmann", null)]
    [InlineData("see Berg.no", null)]
    [InlineData("Halle/S.", null)]
    [InlineData("berg.nordmann/x", null)]
    public void Web_address_is_what_has_a_known_ending(string typed, object? cause)
    {
        Assert.Equal((InputProblem?)cause, PersonName.Check(typed).Cause);
        Assert.Equal((InputProblem?)cause, Locality.Check(typed).Cause);
    }

    [Theory]
    [InlineData("Kari 123456", false)]
    [InlineData("Kari 1234567", true)]
    [InlineData("Kari 12 34-56 7", true)]
    [InlineData("Kari ١٢٣٤٥٦٧", true)]
    [InlineData(null, false)]
    public void Seven_digits_of_a_name_get_a_notice(string? name, bool many) =>
        Assert.Equal(many, PersonName.HasManyDigits(name));
}
