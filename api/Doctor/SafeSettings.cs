using System.Text.RegularExpressions;

namespace Campaigns.Api.Doctor;

/// <summary>
/// The settings whose values may be shown: numbers, times and words of this program. Every other
/// value is a secret, or may be, so that a new setting is masked until it stands here.
/// </summary>
internal static partial class SafeSettings
{
    private const string Masked = "(masked)";
    private const string Empty = "(not set)";

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
        "Backup:Every",
        "Backup:Keep",
    };

    private static readonly string[] _secretNames = ["Password", "ConnectionString", "Secret", "Token"];

    /// <summary>
    /// A value as a stranger may see it. A default is public, and a value in the wrong place may be
    /// a secret.
    /// </summary>
    public static string Show(string key, string? value, string? byDefault) =>
        string.IsNullOrEmpty(value) ? Empty
        : value == byDefault || (_shown.Contains(key) && Harmless().IsMatch(value)) ? value
        : Masked;

    /// <summary>The values that <see cref="Show"/> masks.</summary>
    public static IEnumerable<string> MaskedValues(IConfiguration configuration, IConfiguration defaults) =>
        OfOurSections(configuration, defaults)
            .Where(pair => Show(pair.Key, pair.Value, defaults[pair.Key]) == Masked)
            .Select(pair => pair.Value!);

    /// <summary>Every value of the sections that this program reads.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> OfOurSections(
        IConfiguration configuration,
        IConfiguration defaults
    ) =>
        defaults
            .GetChildren()
            .SelectMany(section => configuration.GetSection(section.Key).AsEnumerable())
            .Where(pair => pair.Value is not null)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>
    /// The values that may not be in a log. Names of users are not among them, because they are
    /// often words such as the name of the service.
    /// </summary>
    public static IEnumerable<string> Secrets(IConfiguration configuration, IConfiguration defaults) =>
        OfOurSections(configuration, defaults)
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Where(pair =>
                Array.Exists(_secretNames, name => pair.Key.Contains(name, StringComparison.OrdinalIgnoreCase))
            )
            .Select(pair => pair.Value!);

    [GeneratedRegex(
        @"^([0-9][0-9.:]*|[Tt]rue|[Ff]alse|sqlite|postgres|memory|smtp|folder|none|starttls|tls|plain|login|xoauth2"
            + @"|scram-sha-1|scram-sha-256)$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Harmless();
}
