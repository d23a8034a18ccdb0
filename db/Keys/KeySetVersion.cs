namespace Campaigns.Db.Keys;

/// <summary>Which keys a database goes by.</summary>
/// <param name="Changes">How many were made and retired: rows are never deleted, so this
/// grows.</param>
/// <param name="Since">When the first was made, in milliseconds: another where a move has put a
/// database of other keys in this one's place.</param>
internal sealed record KeySetVersion(long Changes, long Since)
{
    public const string Select =
        "SELECT count(*) + count(retired_at) AS changes, min(created_at) AS since FROM key_checks";
}
