using System.Data.Common;

namespace Campaigns.Db.Writes;

/// <summary>
/// The queue of writes is full: the caller should answer 503 and let the client come back.
/// </summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException()
        : base("More writes are waiting than this machine can take.") { }
}

/// <summary>
/// The database itself could not write: a full disk, a read-only folder, a lock that another
/// process keeps, a server that is gone. Nothing of the batch is stored, unless the connection to a
/// server broke during its commit: then nobody knows, and whoever tries again does no harm.
/// </summary>
public sealed class StorageException(Exception inner) : Exception("The database cannot be used at the moment.", inner)
{
    /// <summary>
    /// True for this, and for what a reader hears of a server that goes, or is gone while a pooler
    /// stands before it, or only reads because another is the primary now: who asks again is
    /// answered by whichever takes its place.
    /// </summary>
    public static bool IsAway(Exception error) =>
        error
            is StorageException
                or DbException { IsTransient: true }
                or DbException { SqlState: "08P01" or "57P01" or "57P02" or "25006" };
}
