using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>Section <c>Backup</c>: encrypted backups on a schedule.</summary>
public sealed class BackupOptions
{
    /// <summary>The folder of the backups; empty: none is made.</summary>
    public string Directory { get; set; } = "";

    /// <summary>From a backup to the next.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "31.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many of the newest stay.</summary>
    [Range(1, 10_000)]
    public int Keep { get; set; } = 14;

    /// <summary>
    /// A PEM file with the operator's public key (RSA). Its private key is not on this machine.
    /// </summary>
    public string PublicKey { get; set; } = "";

    public bool IsOn => Directory.Length > 0;
}
