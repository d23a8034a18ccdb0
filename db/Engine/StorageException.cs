using System.Data.Common;

namespace Campaigns.Db.Engine;

/// <summary>
/// The database could not write: a full disk, a read-only folder, a lock of another process, an
/// unreachable server. Nothing of the batch is stored, with one exception. If the connection broke
/// during the commit, the outcome is unknown; retrying is safe.
/// </summary>
public sealed class StorageException(Exception inner) : Exception("The database cannot be used at the moment.", inner)
{
    /// <summary>
    /// True when the database is unavailable and a retry may succeed. That includes the errors of a
    /// reader in three cases: the server stops, a pooler has lost its server, or a failover made
    /// the server read-only.
    /// </summary>
    public static bool IsAway(Exception error) =>
        error
            is StorageException
                or DbException { IsTransient: true }
                or DbException { SqlState: "08P01" or "57P01" or "57P02" or "25006" };
}
