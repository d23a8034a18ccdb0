using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>
/// The folder of the product's files. Relative paths in settings are relative to it.
/// </summary>
public sealed record InstallationRoot(string Path)
{
    /// <summary>
    /// Finds the folder above the binary that contains <c>Campaign.sln</c>, or else the binary's
    /// own folder.
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
    /// The folder for building and storing packets; empty for <c>packets</c> in the data folder.
    /// Several machines need one shared folder.
    /// </summary>
    public string Directory { get; set; } = "";
}

/// <summary>Section <c>Keys</c>.</summary>
public sealed class KeysOptions
{
    [Required]
    public string Directory { get; set; } = "data/keys";

    /// <summary>How long links of a replaced token key remain valid.</summary>
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
    /// Null means the SQLite file in the data folder. PostgreSQL requires one; it may name several
    /// hosts, and the primary is used.
    /// </summary>
    public string? ConnectionString { get; set; }
}

/// <summary>
/// Section <c>Limits</c>: limits against abuse. A network is an IPv4 address or the /64 of an IPv6
/// address.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>False only for load tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Signatures per network and hour; further ones are put on hold for review by staff.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HoldAfterPerNetworkPerHour { get; set; } = 1000;

    /// <summary>Signing requests per network and hour; further ones are refused (429).</summary>
    [Range(1, int.MaxValue)]
    public int RefuseSigningPerNetworkPerHour { get; set; } = 10_000;

    /// <summary>
    /// Other requests per network and minute (confirmations, manage links, the signer's own pages);
    /// further ones are refused.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int RefuseOtherPerNetworkPerMinute { get; set; } = 3000;

    /// <summary>Requests without a valid staff token per network and minute.</summary>
    [Range(1, int.MaxValue)]
    public int RefuseStaffFailuresPerNetworkPerMinute { get; set; } = 300;

    /// <summary>Open count streams per network.</summary>
    [Range(1, int.MaxValue)]
    public int StreamsPerNetwork { get; set; } = 200;

    /// <summary>Letters per address and campaign in seven days.</summary>
    [Range(1, 100)]
    public int LettersPerAddressPerWeek { get; set; } = 5;
}
