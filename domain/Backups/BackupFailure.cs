namespace Campaigns.Backups;

/// <summary>Why a scheduled backup was not made, spelled as in the database.</summary>
public static class BackupFailure
{
    public const string DiskFull = "disk-full";

    /// <summary>The folder is missing, read-only, or belongs to another account.</summary>
    public const string NotWritable = "not-writable";

    /// <summary>The copy of the database is damaged.</summary>
    public const string Damaged = "damaged";

    /// <summary>What was written reads back differently.</summary>
    public const string NotVerified = "not-verified";

    /// <summary>Another process makes a backup in the same folder.</summary>
    public const string Busy = "busy";

    public const string Other = "other";

    /// <summary>A failure as a sentence for the operator.</summary>
    public static string Sentence(string failure) =>
        failure switch
        {
            DiskFull => "The last scheduled backup was not made, because a disk is full. The earlier ones are there.",
            NotWritable => "The last scheduled backup was not made, because Backup:Directory cannot be written.",
            Damaged => "The last scheduled backup was not made, because its copy of the database is damaged.",
            NotVerified => "The last scheduled backup was discarded, because it reads back differently.",
            Busy => "The last scheduled backup was not made, because another process makes one in Backup:Directory.",
            _ => "The last scheduled backup was not made. The log of that time says why (event 4008).",
        };
}
