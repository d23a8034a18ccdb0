using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>
/// Where the product's files are found. Relative paths in settings are relative to this folder.
/// </summary>
public sealed record InstallationRoot(string Path)
{
    /// <summary>
    /// The folder above the binary that holds <c>Campaign.sln</c>; the binary's own folder where
    /// there is none.
    /// </summary>
    public static InstallationRoot Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Campaign.sln")))
                return new(folder.FullName);
        }
        return new(AppContext.BaseDirectory);
    }

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);
}

/// <summary>
/// Section <c>Data</c>: the folder with the SQLite file, the mail folder, packets and the journal.
/// </summary>
public sealed class DataOptions
{
    [Required]
    public string Directory { get; set; } = "data";
}

/// <summary>Section <c>Packets</c>.</summary>
public sealed class PacketsOptions
{
    /// <summary>
    /// Where packets are built and lie; empty for <c>packets</c> in the data folder. Several
    /// machines need one that all of them see.
    /// </summary>
    public string Directory { get; set; } = "";
}

/// <summary>Section <c>Keys</c>.</summary>
public sealed class KeysOptions
{
    [Required]
    public string Directory { get; set; } = "data/keys";

    /// <summary>
    /// How long links made with a token key go on working after the next key was made.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan OldTokensVerifyFor { get; set; } = TimeSpan.FromDays(400);
}

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    [Required]
    public string Provider { get; set; } = Sqlite;

    /// <summary>
    /// Null is the file in the data folder. PostgreSQL needs one; it may name several hosts, of
    /// which the primary is used.
    /// </summary>
    public string? ConnectionString { get; set; }
}

/// <summary>
/// Section <c>Limits</c>: what keeps abuse small. A network is an IPv4 address or the /64 of an
/// IPv6 address.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>False only for load tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Signatures of one network in an hour after which further ones are held for staff to look at.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HoldAfterPerNetworkPerHour { get; set; } = 1000;

    /// <summary>
    /// Signing requests of one network in an hour after which further ones are refused (429).
    /// </summary>
    [Range(1, int.MaxValue)]
    public int RefuseSigningPerNetworkPerHour { get; set; } = 10_000;

    /// <summary>
    /// Other requests of one network in a minute (confirmations, manage links, the signer's own
    /// pages) after which further ones are refused.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int RefuseOtherPerNetworkPerMinute { get; set; } = 3000;

    /// <summary>Requests without a valid staff token of one network in a minute.</summary>
    [Range(1, int.MaxValue)]
    public int RefuseStaffFailuresPerNetworkPerMinute { get; set; } = 300;

    /// <summary>Open streams of counts of one network at a time.</summary>
    [Range(1, int.MaxValue)]
    public int StreamsPerNetwork { get; set; } = 200;

    /// <summary>Letters to one address of one campaign in seven days.</summary>
    [Range(1, 100)]
    public int LettersPerAddressPerWeek { get; set; } = 5;
}
