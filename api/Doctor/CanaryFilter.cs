using System.Text.RegularExpressions;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Db;

namespace Campaigns.Api.Doctor;

/// <summary>
/// Finds in a line what no log may have: an e-mail address, the token of a link or of staff, a
/// password in a connection string, or the value of a secret setting.
/// </summary>
internal sealed partial class CanaryFilter(IConfiguration configuration, InstallationRoot root)
{
    /// <summary>What stands in place of a line in which something was found.</summary>
    public const string Removed = "(a line was removed here: it may show an address, a link or a setting)";

    // A short value would be found everywhere.
    private const int ShortestSecret = 6;

    private readonly string[] _secrets = Long(SafeSettings.Secrets(configuration, KnownSettings.Defaults(root)));
    private readonly string[] _masked = Long(SafeSettings.MaskedValues(configuration, KnownSettings.Defaults(root)));

    public bool IsFound(string line) =>
        Address().IsMatch(line)
        || LinkPath().IsMatch(line)
        || Password().IsMatch(line)
        || LongToken().IsMatch(line)
        || Array.Exists(_secrets, secret => line.Contains(secret, StringComparison.Ordinal));

    /// <summary>
    /// The line for a stranger: nothing that may not be in a log, and no value of a masked setting.
    /// </summary>
    public string Clean(string line) =>
        IsFound(line) || Array.Exists(_masked, value => line.Contains(value, StringComparison.OrdinalIgnoreCase))
            ? Removed
            : line;

    private static string[] Long(IEnumerable<string> values) =>
        [.. values.Where(value => value.Length >= ShortestSecret).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"[^\s@<>""'(,;:=]+@[\w-]+(\.[\w-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(
        "/(confirm|my|not-me|subscribe|unsubscribe|calendar|staff/join|staff/confirm-address)/[A-Za-z0-9_-]{8,}",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex LinkPath();

    [GeneratedRegex(
        @"(password|pwd|passwd|secret|bearer)\s*[=: ]\s*\S",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Password();

    // Tokens are base64url of sixteen random bytes or more. Ids, hashes in hex and names of types are not.
    [GeneratedRegex(
        @"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*[0-9])[A-Za-z0-9_-]{28,}(?![\w-])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex LongToken();
}
