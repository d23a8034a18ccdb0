using System.Globalization;
using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// An e-mail address that mail servers exchange today (RFC 5321, RFC 6531): a dot-atom, possibly
/// international, at a domain name. Quoted local parts, comments and address literals are refused:
/// people do not have them, and other systems misread them.
/// </summary>
public sealed record EmailAddress
{
    public const int Most = 254;

    private static readonly IdnMapping _idn = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    private EmailAddress(string local, string typedDomain, string domain)
    {
        Local = local;
        Domain = domain;
        Typed = $"{local}@{typedDomain}";
        Normalised = $"{local.ToLowerInvariant().Normalize(NormalizationForm.FormC)}@{domain}";
    }

    /// <summary>The address as typed, in NFC and trimmed. The signer sees this form.</summary>
    public string Typed { get; }

    /// <summary>
    /// Normalisation rules, version 1: lower-case local part, lower-case ASCII domain. Dots and
    /// plus tags stay, because only the receiving server knows their meaning.
    /// </summary>
    public string Normalised { get; }

    /// <summary>
    /// The part before the @, with its case as typed. Letters go to <c>Local@Domain</c>.
    /// </summary>
    public string Local { get; }

    /// <summary>The domain in lower-case ASCII.</summary>
    public string Domain { get; }

    /// <summary>
    /// Returns the address, or a sentence about what is wrong, which never repeats the input.
    /// </summary>
    public static (EmailAddress? Address, string? Problem) Parse(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return (null, "An e-mail address is needed.");
        // Check before Normalize, which throws, and before IdnMapping, which silently drops or maps some characters.
        if (PlainText.HasLoneSurrogate(typed) || typed.EnumerateRunes().Any(PlainText.IsNoncharacter))
            return (null, "This contains a code that is not a character.");
        if (typed.Length > 4 * Most)
            return (null, TooLong);

        var text = typed.Normalize(NormalizationForm.FormC).Trim();
        if (text.EnumerateRunes().Any(IsUnseen))
            return (null, "An e-mail address has no spaces, control characters or invisible characters.");
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.IndexOf('@', StringComparison.Ordinal) != at)
            return (null, "An e-mail address has a name, one @ and a domain.");

        var local = text[..at];
        if (!IsDotAtom(local))
            return (null, "The part before the @ has characters an address cannot have.");
        if (Encoding.UTF8.GetByteCount(local) > 64)
            return (null, "The part before the @ is too long.");
        var typedDomain = text[(at + 1)..];
        if (AsciiDomain(typedDomain) is not { } domain)
            return (null, "The part after the @ is not a domain name.");

        var address = new EmailAddress(local, typedDomain, domain);
        return Encoding.UTF8.GetByteCount(address.Typed) > Most || Encoding.UTF8.GetByteCount(address.Normalised) > Most
            ? (null, TooLong)
            : (address, null);
    }

    private const string TooLong = "An e-mail address has at most 254 characters.";

    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse
        // Characters that render blank or not at all, although Unicode classifies them as letters, marks or symbols.
        || rune.Value
            is 0x034F
                or 0x115F
                or 0x1160
                or 0x17B4
                or 0x17B5
                or 0x2800
                or 0x3164
                or 0xFFA0
                or (>= 0x180B and <= 0x180F)
                or (>= 0xFE00 and <= 0xFE0F)
                or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsDotAtom(string local) =>
        local
            .Split('.')
            .All(atom =>
                atom.Length > 0
                && atom.All(c => c > 0x7F || char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c))
            );

    /// <summary>
    /// Returns the domain in lower-case ASCII, or null if it is invalid. A single label is invalid,
    /// because a top-level domain receives no mail. A numeric last label is invalid, because it is
    /// an address literal.
    /// </summary>
    private static string? AsciiDomain(string typed)
    {
        // Check the characters before IdnMapping, which reads U+3002 as a dot and drops U+00AD.
        if (
            !typed
                .EnumerateRunes()
                .All(rune => rune.Value is '.' or '-' || Rune.IsLetter(rune) || Rune.IsDigit(rune) || IsMark(rune))
        )
            return null;
        string ascii;
        try
        {
            ascii = (
                Ascii.IsValid(typed) && !typed.Contains("xn--", StringComparison.OrdinalIgnoreCase)
                    ? typed
                    : _idn.GetAscii(typed)
            ).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
        var labels = ascii.Split('.');
        return ascii.Length <= 253 && labels.Length >= 2 && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit)
            ? ascii
            : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && label[0] != '-'
        && label[^1] != '-';

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
