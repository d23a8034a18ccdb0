using System.Data.Common;
using Campaigns.Db.Engine.Sqlite;
using Dapper;

namespace Campaigns.Db.Engine;

/// <summary>
/// A row that marks a database as not to be served. Either it was migrated to another database for
/// good, or a migration into it has not ended. Every start and every batch of writes checks for it.
/// </summary>
internal static class MigrationFence
{
    public const string Message =
        "This database is fenced off: it was moved to another one, "
        + "or the move into it has not ended (docs/operating.md).";

    /// <summary>
    /// True when the embedded database was migrated away. A database of a version without fences
    /// was not.
    /// </summary>
    public static bool WasMigrated(DbConnection embedded) =>
        embedded.QuerySingle<bool>(SqliteDialect.SelectHasTable, new { table = "fence" })
        && embedded.QuerySingle<long>("SELECT count(*) FROM fence WHERE state = 'moved'") > 0;

    /// <summary>Throws <see cref="StartRefusedException"/> when the database is fenced.</summary>
    public static void ThrowIfFenced(DbConnection connection)
    {
        if (connection.QuerySingleOrDefault<string>("SELECT state FROM fence") is not { } state)
            return;
        throw new StartRefusedException(
            state == "moved"
                ? "This database was moved to another one and is refused for good. "
                    + "Start with the new one's settings (docs/operating.md)."
                : "A move into this database has not ended. "
                    + "Run the move again to its end; this database is not served before (docs/operating.md)."
        );
    }
}
