using System.Data.Common;
using Dapper;

namespace Campaigns.Db;

/// <summary>
/// One row in a database that must not be served: it has moved to another one, for good, or is
/// being filled by a move that has not ended. Every start and every batch of writes looks for it.
/// </summary>
internal static class MigrationFence
{
    public const string Sentence =
        "This database is fenced off: it was moved to another one, or the move into it has not ended (docs/operating.md).";

    /// <summary>
    /// True where the embedded database has moved away. One of a version that knew of no fence has
    /// not.
    /// </summary>
    public static bool WasMigrated(DbConnection embedded) =>
        embedded.QuerySingle<long>("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'fence'") > 0
        && embedded.QuerySingle<long>("SELECT count(*) FROM fence WHERE state = 'moved'") > 0;

    /// <summary>Throws <see cref="StartRefusedException"/> where the fence stands.</summary>
    public static void Refuse(DbConnection connection)
    {
        if (connection.QuerySingleOrDefault<string>("SELECT state FROM fence") is not { } state)
            return;
        throw new StartRefusedException(
            state == "moved"
                ? "This database was moved to another one and is refused for good. Start with the new one's settings (docs/operating.md)."
                : "A move into this database has not ended. Run the move again to its end; nothing is served from here before (docs/operating.md)."
        );
    }
}
