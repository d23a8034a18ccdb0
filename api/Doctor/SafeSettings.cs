namespace Campaigns.Api.Doctor;

/// <summary>
/// The settings whose values may be shown. Every other value is a secret, or may be, so that a new
/// setting is masked until it stands here.
/// </summary>
internal static class SafeSettings
{
    public const string Masked = "(masked)";

    private static readonly HashSet<string> _shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "Packets:MostWaitingPerMember",
        "Packets:MostWaitingPerCampaign",
        "Packets:MostPreviewsPerHour",
        "Packets:FilesKeepDays",
        "Keys:OldTokensVerifyFor",
        "Database:Provider",
        "Worker:InProcess",
        "Jobs:Storage",
        "Mail:Transport",
        "Mail:Port",
        "Mail:Security",
        "Mail:Authentication",
        "Ledger:MinBatch",
        "Ledger:MaxDelay",
        "Ledger:SensitiveMaxDelay",
        "Limits:Enabled",
        "Limits:HoldAfterPerNetworkPerHour",
        "Limits:RefuseSigningPerNetworkPerHour",
        "Limits:RefuseOtherPerNetworkPerMinute",
        "Limits:RefuseStaffFailuresPerNetworkPerMinute",
        "Limits:StreamsPerNetwork",
        "Limits:LettersPerAddressPerWeek",
        "Limits:LettersPerMailboxPerHour",
        "Limits:LettersPerMailboxPerDay",
        "Limits:HoldAfterPerMailbox",
        "Limits:LettersPerMailDomainPerHour",
        "Evidence:KeepDays",
        "Audit:KeepYears",
        "Invalidations:MostAlone",
        "Invalidations:MostPercentAlone",
    };

    // What no log line needs to hide: shown settings, words of this program, and the addresses of servers.
    private static readonly string[] _secretNames = ["Password", "ConnectionString", "User", "Secret", "Token"];

    public static bool IsShown(string key) => _shown.Contains(key);

    /// <summary>The values that may not be in a log.</summary>
    public static IEnumerable<string> Secrets(IConfiguration configuration) =>
        configuration
            .AsEnumerable()
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Where(pair => Array.Exists(_secretNames, name => pair.Key.Contains(name, StringComparison.OrdinalIgnoreCase)))
            .Select(pair => pair.Value!);
}
