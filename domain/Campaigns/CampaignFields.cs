using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Campaigns.Signatures;

namespace Campaigns;

/// <summary>
/// The rules for single values of a campaign. Each returns a sentence about what is wrong, or null.
/// </summary>
public static partial class CampaignFields
{
    public static string? SlugProblem(string? slug) =>
        slug is not null && Slug().IsMatch(slug) ? null : "A slug has 3 to 60 characters of a-z, 0-9 and hyphen.";

    public static string? RecipientKeyProblem(string? key) =>
        key is not null && RecipientKey().IsMatch(key) ? null : "A key has 1 to 60 characters of a-z, 0-9 and hyphen.";

    public static string? LocaleProblem(string locale) =>
        Locale().IsMatch(locale) ? null : "A locale looks like en, nb or pt-BR.";

    public static string? CountryProblem(string? code) =>
        code is not null && Country.Exists(code) ? null
        : Country.Suggest(code) is { } meant
            ? $"Did you mean {meant}? A country is its code of ISO 3166-1, in capitals."
        : "This is not a country code of ISO 3166-1, in capitals.";

    public static string? TimeZoneProblem(string zone) =>
        TimeZones.Exists(zone) ? null : "A time zone looks like Europe/London (IANA time zone database).";

    public static string? RiskProblem(string? risk) =>
        risk is Recipient.LowRisk or Recipient.HighRisk ? null : "Choose low or high.";

    /// <summary>
    /// A web site in the form in which browsers send it: lower case, the host in ASCII, no default
    /// port, no final slash.
    /// </summary>
    public static Canonical Origin(string typed) =>
        Uri.TryCreate(typed, UriKind.Absolute, out var uri)
        && uri.Scheme is "https" or "http"
        && uri.UserInfo.Length == 0
        && uri.PathAndQuery == "/"
        && uri.Fragment.Length == 0
        && !typed.Contains('@', StringComparison.Ordinal)
            ? new(Authority(uri), null)
            : new(null, "An origin looks like https://example.org, without a user or a path.");

    /// <summary>The problem of the closing time, beside the opening time.</summary>
    public static string? ClosingProblem(DateTimeOffset? opensAt, DateTimeOffset? closesAt) =>
        opensAt >= closesAt ? "A campaign closes after it opens." : null;

    /// <summary>
    /// One line of text, normalised to NFC. Refused are line breaks of every kind, control
    /// characters and direction overrides, which hide what is printed.
    /// </summary>
    public static Canonical Line(string typed, int most)
    {
        var text = Text(typed, most);
        return text.Value is { } line && line.EnumerateRunes().Any(PlainText.IsRefused)
            ? new(null, "This must be one line without control characters.")
            : text;
    }

    /// <summary>
    /// Text with paragraphs, normalised to NFC and LF line ends, because its hash is signed. A tab
    /// becomes a space. Refused are control characters and direction overrides.
    /// </summary>
    public static Canonical Prose(string typed, int most)
    {
        var text = Text(PlainText.WithLineFeeds(typed).Replace('\t', ' '), most);
        return
            text.Value is { } prose
            && prose.EnumerateRunes().Any(rune => rune.Value != '\n' && PlainText.IsRefused(rune))
            ? new(null, "This must not have control characters.")
            : text;
    }

    /// <summary>
    /// A postal address: lines as <see cref="Line"/> has them, with LF between two. Blank lines at
    /// its ends are removed.
    /// </summary>
    public static Canonical Address(string typed)
    {
        var lines = PlainText.WithLineFeeds(typed).Trim('\n', ' ').Split('\n');
        if (lines.Length > CampaignLimits.RecipientAddressLines)
            return new(null, $"This has more than {CampaignLimits.RecipientAddressLines} lines.");
        var canonical = lines.Select(line => Line(line, CampaignLimits.RecipientAddressLine)).ToList();
        return canonical.FirstOrDefault(line => line.Problem is not null) is { Problem: { } problem }
            ? new(null, $"Each line of an address: {problem}")
            : new(string.Join('\n', canonical.Select(line => line.Value)), null);
    }

    private static string Authority(Uri uri)
    {
        // The ASCII form of an IPv6 address lacks its brackets.
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost.Trim('[', ']')}]" : uri.IdnHost;
        var port = uri.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{uri.Port}");
        return $"{uri.Scheme}://{host}{port}";
    }

    private static Canonical Text(string typed, int most)
    {
        if (PlainText.HasLoneSurrogate(typed))
            return new(null, "This contains half a character.");
        if (typed.EnumerateRunes().Any(PlainText.IsNoncharacter))
            return new(null, "This contains a code that is not a character.");
        if (string.IsNullOrWhiteSpace(typed))
            return new(null, "This must not be empty.");
        if (typed.Length > most)
            return new(null, string.Create(CultureInfo.InvariantCulture, $"This is longer than {most} characters."));
        return new(typed.Normalize(NormalizationForm.FormC).Trim(), null);
    }

    /// <summary>A word with or without its sign, which is removed.</summary>
    public static Canonical Hashtag(string typed) =>
        typed.Trim().TrimStart('#').Normalize(NormalizationForm.FormC) is var word && HashtagWord().IsMatch(word)
            ? new(word, null)
            : new(null, "A hashtag is one word of letters, digits and underscores.");

    [GeneratedRegex("^[a-z0-9-]{3,60}\\z")]
    private static partial Regex Slug();

    [GeneratedRegex("^[\\p{L}\\p{Nd}_]{1,50}\\z")]
    private static partial Regex HashtagWord();

    [GeneratedRegex("^[a-z0-9-]{1,60}\\z")]
    private static partial Regex RecipientKey();

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\\z")]
    private static partial Regex Locale();
}
