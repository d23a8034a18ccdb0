using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Signatures;

/// <summary>
/// Finds mail and web addresses in a line that is printed. Full stops alone are no address: J.R.R.
/// Tolkien, St.Gallen/SG and Dr.Link are valid.
/// </summary>
internal static partial class PrintedAddresses
{
    /// <summary>The most letters of a short form before a full stop, as in <c>Prof.</c></summary>
    private const int MostOfShortForm = 4;

    /// <summary>Returns what the line has, or null.</summary>
    public static InputProblem? Find(string line)
    {
        // NFKC turns full-width and other look-alike forms of "@", "://" and "." into the plain characters.
        var text = Ascii.IsValid(line)
            ? line
            : line.Normalize(NormalizationForm.FormKC).Replace('\u3002', '.').Replace('\uFF61', '.');
        if (text.Contains('@') && MailAddress().IsMatch(text))
            return InputProblem.AtSign;
        if (text.Contains(':') && Scheme().IsMatch(text))
            return InputProblem.Scheme;
        if (!text.Contains('.'))
            return null;
        if (Www().IsMatch(text))
            return InputProblem.Www;
        return Host().Matches(text).Any(host => IsWebAddress(text, host)) ? InputProblem.WebAddress : null;
    }

    private static bool IsWebAddress(string text, Match host)
    {
        var labels = host.Value.TrimEnd('.').Split('.');
        if (labels.Length < 2 || !RootZone.Has(labels[^1]))
            return false;
        var end = host.Index + host.Length;
        if (end < text.Length && text[end] is '/' or '?' or ':' or '#')
            return true;
        return IsAlone(text, host.Index, end) && !IsShortForm(labels);
    }

    // Nothing but signs and blanks stands around the host.
    private static bool IsAlone(string text, int start, int end) =>
        !PlainText.Any(text[..start] + text[end..], rune => Rune.IsLetterOrDigit(rune) || Characters.IsMark(rune));

    private static bool IsShortForm(string[] labels) =>
        labels.All(label => Rune.IsUpper(Rune.GetRuneAt(label, 0)))
        && labels[0].EnumerateRunes().Count(Rune.IsLetter) <= MostOfShortForm;

    [GeneratedRegex(@"[\p{L}\p{M}\p{Nd}._+-]@[\p{L}\p{Nd}]", RegexOptions.CultureInvariant)]
    private static partial Regex MailAddress();

    [GeneratedRegex(
        @"[a-z][a-z0-9+.-]*://|(?<![\p{L}\p{Nd}])(https?|ftp|mailto|javascript|data|file):(?=\S)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Scheme();

    [GeneratedRegex(
        @"(?<![\p{L}\p{Nd}])www\.(?=[\p{L}\p{Nd}])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Www();

    // Labels with full stops between them, and the one that may end a host.
    [GeneratedRegex(@"[\p{L}\p{M}\p{Nd}-]+(\.[\p{L}\p{M}\p{Nd}-]+)+\.?", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
