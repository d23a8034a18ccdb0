using Campaigns.Crypto;
using Campaigns.Letters;

namespace Campaigns.Tests.Unit.Crypto;

/// <summary>The tag of a letter in its envelope sender.</summary>
public sealed class LetterTagTests
{
    [Fact]
    public void Tag_names_its_letter_in_any_case_and_no_changed_one_does()
    {
        var tokens = Tokens(1);
        foreach (var outbox in Enum.GetValues<LetterOutbox>())
        {
            var letter = new LetterTag(outbox, 463856467968002048);
            var tag = tokens.WriteLetterTag(letter);
            Assert.Matches("^[a-z2-7]{32}$", tag);
            Assert.True(tokens.TryReadLetterTag(tag.ToUpperInvariant(), out var read));
            Assert.Equal(letter, read);
            for (var n = 0; n < tag.Length; n++)
            {
                var changed = tag.ToCharArray();
                changed[n] = changed[n] == 'a' ? 'b' : 'a';
                Assert.False(tokens.TryReadLetterTag(new string(changed), out _));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0189")]
    [InlineData("01890189018901890189018901890189")]
    public void Other_words_are_no_tags(string text) => Assert.False(Tokens(1).TryReadLetterTag(text, out _));

    [Fact]
    public void Tag_under_another_key_is_refused() =>
        Assert.False(Tokens(2).TryReadLetterTag(Tokens(1).WriteLetterTag(new(LetterOutbox.People, 7)), out _));

    private static LinkTokens Tokens(byte key) =>
        new(
            new() { [1] = [.. Enumerable.Repeat(key, 32)] },
            new Dictionary<int, DateTimeOffset>(),
            _ => null,
            TimeProvider.System
        );
}
