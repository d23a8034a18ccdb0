using System.Text.RegularExpressions;

namespace Campaigns.Api.Doctor.Settings;

/// <summary>The framework's exception for a text where a number or a time belongs.</summary>
internal static partial class UnreadableSetting
{
    /// <summary>The setting that it names; null for any other exception.</summary>
    public static string? Find(Exception exception) =>
        Sentence().Match(exception.Message) is { Success: true } found ? found.Groups[1].Value : null;

    [GeneratedRegex(
        "^Failed to convert configuration value.* at '([A-Za-z0-9:]+)' to type '[^']+'",
        RegexOptions.Singleline
    )]
    private static partial Regex Sentence();
}
