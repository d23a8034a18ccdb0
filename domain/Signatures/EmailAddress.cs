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

    /// <summary>Equal for the addresses of one mailbox; see <see cref="AddressFolding"/>.</summary>
    public string Folded => AddressFolding.Fold(Normalised);

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
        var (address, cause) = Read(typed);
        return (
            address,
            cause switch
            {
                null => null,
                InputProblem.Missing => "An e-mail address is needed.",
                InputProblem.TooLong => $"An e-mail address has at most {Most} characters.",
                InputProblem.Invisible => "An e-mail address has no control characters or invisible characters.",
                _ => cause.Value.Sentence(),
            }
        );
    }

    /// <summary>
    /// The domain as in <see cref="Domain"/>, typed in ASCII or Unicode; null if it is none.
    /// </summary>
    public static string? ParseDomain(string typed) =>
        PlainText.HasLoneSurrogate(typed) || PlainText.Any(typed, PlainText.IsNoncharacter) || typed.Length > 4 * Most
            ? null
            : AsciiDomain(typed.Normalize(NormalizationForm.FormC).Trim());

    /// <summary>The domain of a <see cref="Normalised"/> address.</summary>
    public static string DomainOf(string normalised) => normalised[(normalised.LastIndexOf('@') + 1)..];

    /// <summary>What is wrong, for pages in other languages; null for an address.</summary>
    public static InputProblem? ProblemOf(string? typed) => Read(typed).Problem;

    /// <summary>The domain of a known mail provider that this one misspells, or null.</summary>
    public string? MeantDomain => MailProviders.Meant(Domain);

    private static (EmailAddress? Address, InputProblem? Problem) Read(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return (null, InputProblem.Missing);
        // Check before Normalize, which throws, and before IdnMapping, which silently drops or maps some characters.
        if (PlainText.HasLoneSurrogate(typed) || PlainText.Any(typed, PlainText.IsNoncharacter))
            return (null, InputProblem.Broken);
        if (typed.Length > 4 * Most)
            return (null, InputProblem.TooLong);

        var text = typed.Normalize(NormalizationForm.FormC).Trim();
        if (PlainText.Any(text, IsUnseen))
            return (null, InputProblem.Invisible);
        text = WithoutWrapping(text);
        if (PlainText.Any(text, Rune.IsWhiteSpace))
            return (null, InputProblem.Space);
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.IndexOf('@', StringComparison.Ordinal) != at)
            return (null, InputProblem.NoAddress);

        var local = text[..at];
        if (!IsDotAtom(local))
            return (null, InputProblem.LocalPart);
        if (Encoding.UTF8.GetByteCount(local) > 64)
            return (null, InputProblem.LocalPartTooLong);
        var typedDomain = text[(at + 1)..];
        if (AsciiDomain(typedDomain) is not { } domain)
            return (null, InputProblem.Domain);

        var address = new EmailAddress(local, typedDomain, domain);
        return Encoding.UTF8.GetByteCount(address.Typed) > Most || Encoding.UTF8.GetByteCount(address.Normalised) > Most
            ? (null, InputProblem.TooLong)
            : (address, null);
    }

    // What comes along when an address is copied from a letter, an address book or a link:
    // "Kari <kari@example.org>", "mailto:kari@example.org?subject=…", "kari@example.org.".
    private static string WithoutWrapping(string text)
    {
        var open = text.LastIndexOf('<');
        if (open >= 0 && text.EndsWith('>') && !text.AsSpan(0, open).ContainsAny('<', '>', '@'))
            text = text[(open + 1)..^1].Trim();
        if (text.StartsWith(MailTo, StringComparison.OrdinalIgnoreCase))
        {
            text = text[MailTo.Length..].TrimStart();
            var fields = text.IndexOf('?', StringComparison.Ordinal);
            var at = text.IndexOf('@', StringComparison.Ordinal);
            if (at >= 0 && fields > at)
                text = text[..fields];
        }
        return text.EndsWith('.') ? text[..^1] : text;
    }

    private const string MailTo = "mailto:";

    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse
        || Characters.IsIgnorable(rune)
        // Braille without dots is a symbol, and blank.
        || rune.Value == 0x2800;

    // Mail programs decode what looks like an encoded word (RFC 2047), and would show and answer another address.
    private static bool IsDotAtom(string local) =>
        !(local.Contains("=?", StringComparison.Ordinal) && local.Contains("?=", StringComparison.Ordinal))
        && local
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
                .All(rune =>
                    rune.Value is '.' or '-' || Rune.IsLetter(rune) || Rune.IsDigit(rune) || Characters.IsMark(rune)
                )
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
}
