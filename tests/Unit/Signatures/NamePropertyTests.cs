using System.Globalization;
using System.Text;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using CsCheck;

namespace Campaigns.Tests.Unit.Signatures;

/// <summary>What holds of every name and place, whatever was typed.</summary>
public sealed class NamePropertyTests
{
    [Fact]
    public void Canonical_form_is_stable_and_has_nothing_invisible_at_its_ends() =>
        RandomText.Typed.Sample(
            typed =>
            {
                foreach (var value in (string?[])[PersonName.Check(typed).Value, Locality.Check(typed).Value])
                {
                    if (value is null)
                        continue;
                    Assert.Equal(value, PersonName.Check(value).Value ?? Locality.Check(value).Value);
                    Assert.Equal(value, value.Normalize(NormalizationForm.FormC).Trim());
                    Assert.False(IsInvisible(Rune.GetRuneAt(value, 0)), value);
                    Assert.True(!IsInvisible(value.EnumerateRunes().Last()) || EndsInVirama(value), value);
                }
            },
            iter: 20_000
        );

    [Fact]
    public void Joiner_beside_a_virama_stays_when_the_name_begins_with_marks()
    {
        const string Value = "\u094D\u05B8\u200D\u05E3";
        Assert.Equal(Value, PersonName.Check("\u05B8\u094D\u200D\u05E3").Value);
        Assert.Equal(Value, PersonName.Check(Value).Value);
    }

    [Fact]
    public void Initials_are_letters_or_digits_with_their_marks() =>
        RandomText.Typed.Sample(
            typed =>
            {
                if (PersonName.Check(typed).Value is not { } name)
                    return;
                var initials = Initials.Of(name).Split(' ');
                Assert.InRange(initials.Length, 1, 4);
                foreach (var initial in initials)
                {
                    Assert.EndsWith(".", initial, StringComparison.Ordinal);
                    var runes = initial[..^1].EnumerateRunes().ToList();
                    Assert.True(Rune.IsLetterOrDigit(runes[0]), initial);
                    // A joiner can stand between a letter of a connected script and its marks.
                    Assert.All(runes, rune =>
                        Assert.True(Rune.IsLetterOrDigit(rune) || IsMark(rune) || IsInvisible(rune), initial)
                    );
                    Assert.False(IsInvisible(runes[^1]), initial);
                    Assert.Contains(initial[..^1], name, StringComparison.Ordinal);
                }
            },
            iter: 20_000
        );

    [Fact]
    public void Disclosure_is_the_lowest_of_three()
    {
        var level = Gen.Enum<Disclosure>();
        var added = new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);
        Gen.Select(level.Nullable(), level, level, Gen.Int[-2, 2])
            .Sample(
                (signer, packet, recipient, days) =>
                {
                    var shown = LineDisclosure.Compute(signer, added.AddDays(days), packet, recipient, added);
                    var chosen = days < 0 || signer is null ? Disclosure.Count : signer.Value;
                    Assert.Equal(new[] { chosen, packet, recipient }.Min(), shown);
                },
                iter: 1_000
            );
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static bool EndsInVirama(string value) =>
        value
            .TrimEnd('\u200C', '\u200D')
            .EnumerateRunes()
            .Reverse()
            .TakeWhile(IsMark)
            .Any(mark => mark.Value == 0x94D);
}
