using System.Globalization;
using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// An e-mail address as RFC 5321 and 6531 allow it between two mail servers today: a dot-atom,
/// possibly international, at a domain name. Quoted local parts, comments and address literals are
/// refused: nobody's own address has them and every other system misreads them.
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

    /// <summary>
    /// As typed, in NFC and without white space at its ends: what is shown to the signer.
    /// </summary>
    public string Typed { get; }

    /// <summary>
    /// Rules, version 1: local part lower-cased, domain in lower-case ASCII. No folding of dots or
    /// plus tags: whose they are only their server knows.
    /// </summary>
    public string Normalised { get; }

    /// <summary>
    /// The part before the @, its case as typed. Letters go to <c>Local@Domain</c>.
    /// </summary>
    public string Local { get; }

    /// <summary>The domain in lower-case ASCII.</summary>
    public string Domain { get; }

    /// <summary>
    /// Either the address, or a sentence saying what is wrong that does not repeat what was typed.
    /// </summary>
    public static (EmailAddress? Address, string? Problem) Parse(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return (null, "An e-mail address is needed.");
        // Before Normalize, which throws; and before IdnMapping, which silently drops some characters and maps others.
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
        // Blank or ignored though Unicode files them under letters, marks and symbols.
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
    /// The domain in lower-case ASCII; null when it is none. A top-level domain by itself takes no
    /// mail, and one of digits is an address literal.
    /// </summary>
    private static string? AsciiDomain(string typed)
    {
        // Only what names are made of reaches IdnMapping: it reads U+3002 as a dot and drops U+00AD.
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
