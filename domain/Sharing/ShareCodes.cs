using System.Text.RegularExpressions;

namespace Campaigns.Sharing;

/// <summary>
/// Codes that staff make, so that they see which channel brings people: <c>?s=CODE</c>.
/// </summary>
public static partial class ShareCodes
{
    /// <summary>A campaign's codes. What people invent is counted together.</summary>
    public const int Most = 100;

    public const int TitleLength = 100;

    /// <summary>What counts for every code that the campaign does not have.</summary>
    public const string Other = "other";

    public static bool IsCode(string? code) => code is not null && Code().IsMatch(code);

    /// <summary>What is wrong with a new code, or null.</summary>
    public static string? Problem(string? code) =>
        !IsCode(code) ? "A code has 1 to 40 characters of a-z, 0-9 and hyphen."
        : code == Other ? "This word stands for all codes that the campaign does not have."
        : null;

    [GeneratedRegex("^[a-z0-9-]{1,40}\\z")]
    private static partial Regex Code();
}
