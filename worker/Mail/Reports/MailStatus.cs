using System.Text.RegularExpressions;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>Status codes of RFC 3463 in what providers write.</summary>
internal static partial class MailStatus
{
    /// <summary>True for a status of a failure, and nothing else.</summary>
    public static bool IsEnhanced(string text) => Whole().IsMatch(text);

    /// <summary>The first status in a text; null without one.</summary>
    public static string? FindIn(string text) => Anywhere().Match(text) is { Success: true } found ? found.Value : null;

    [GeneratedRegex(@"\A[45]\.\d{1,3}\.\d{1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex Anywhere();
}
