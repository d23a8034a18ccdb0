namespace Campaigns.Db.Keys;

/// <summary>Identifies the key set of a database.</summary>
/// <param name="Changes">The number of keys made plus the number retired. Rows are never deleted,
/// so this only grows.</param>
/// <param name="Since">When the first key was made, in milliseconds. It differs after a migration
/// replaced the database with one that has other keys.</param>
internal sealed record KeySetVersion(long Changes, long Since)
{
    public const string Select =
        "SELECT count(*) + count(retired_at) AS changes, min(created_at) AS since FROM key_checks";
}
