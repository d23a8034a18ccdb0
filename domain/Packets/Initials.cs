using System.Globalization;
using System.Text;
using Campaigns.Signatures;

namespace Campaigns.Packets;

public static class Initials
{
    private const int Most = 4;

    /// <summary>
    /// The first letter or digit of each space-separated word, with its marks and a full stop, at
    /// most four: <c>K. N.</c> A word without one gives none, and neither does one letter behind a
    /// sign, such as the Dutch <c>'t</c>, which is the end of a longer word.
    /// </summary>
    public static string Of(string name)
    {
        var words = name.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        var initials = words.Where(word => !IsShortened(word)).Select(First).OfType<string>().Take(Most).ToList();
        // A name of shortened words alone still has its letters.
        if (initials.Count == 0)
            initials = [.. words.Select(First).OfType<string>().Take(Most)];
        return string.Join(' ', initials.Select(initial => initial + "."));
    }

    private static bool IsShortened(string word)
    {
        var sign = Rune.GetRuneAt(word, 0);
        return (Rune.IsPunctuation(sign) || Rune.IsSymbol(sign) || IsModifier(sign))
            && First(word) is { Length: var length }
            && sign.Utf16SequenceLength + length == word.Length;
    }

    // A modifier letter, such as the Hawaiian ʻokina, belongs to the letter after it, which is the initial.
    private static string? First(string word) => FirstAt(word, rune => !IsModifier(rune)) ?? FirstAt(word, _ => true);

    private static bool IsModifier(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.ModifierLetter;

    private static string? FirstAt(string word, Func<Rune, bool> accepts)
    {
        var at = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if ((PlainText.IsLetter(rune) || Rune.IsDigit(rune)) && accepts(rune))
                return WithMarks(StringInfo.GetNextTextElement(word, at));
            at += rune.Utf16SequenceLength;
        }
        return null;
    }

    // Of a grapheme cluster the letters, digits and marks. A joiner stays only between them.
    private static string WithMarks(string cluster)
    {
        int at = 0,
            end = 0;
        foreach (var rune in cluster.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
                continue;
            if (!Rune.IsLetterOrDigit(rune) && !Characters.IsMark(rune))
                break;
            end = at;
        }
        return cluster[..end];
    }
}
