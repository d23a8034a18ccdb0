using System.Data.Common;
using Dapper;

namespace Campaigns.Db;

/// <summary>
/// One row in a database that must not be served: it has moved to another one, for good, or is being filled by a move that has not ended. Every start and every batch of writes
/// looks for it.
/// </summary>
internal static class Fence
{
    public const string Sentence = "This database is fenced off: it was moved to another one, or the move into it has not ended (docs/operating.md).";

    /// <summary>Throws <see cref="StartRefusedException"/> where the fence stands.</summary>
    public static void Refuse(DbConnection connection)
    {
        if (connection.QuerySingle<long>("SELECT count(*) FROM fence") > 0) throw new StartRefusedException(Sentence);
    }
}
