using Campaigns.Db.Engine;
using Campaigns.Staff;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Links the committed lines of the audit trail into a chain. The transaction of an act only queues
/// its line, so that no act waits for the head of the chain.
/// </summary>
public sealed class AuditChainStore(Database database)
{
    // Signers wait behind each page on the single writer.
    private const int PageSize = 200;

    private const string Waiting = "SELECT EXISTS (SELECT 1 FROM audit_queue)";

    private const string CreateHead = """
        INSERT INTO audit_heads (id, size, hash, first, first_hash) VALUES (1, 0, @Start, 1, @Start)
        ON CONFLICT (id) DO NOTHING
        """;

    // Another worker that links now has the row; the lines are left to it, because waiting for it could deadlock with
    // other work of the batch.
    private const string LockHead = """
        SELECT size, hash, first, first_hash FROM audit_heads WHERE id = 1 {for_update_skip_locked}
        """;

    private const string SelectLines = """
        SELECT a.id, a.at, a.staff_id, a.action, a.campaign, a.subject, a.detail
        FROM audit_queue q JOIN audit a ON a.id = q.audit_id ORDER BY q.audit_id LIMIT @PageSize
        """;

    private const string Insert = """
        INSERT INTO audit_links (n, audit_id, day, sign_in, salt, line_hash, hash)
        VALUES (@N, @id, @Day, @signIn, @salt, @LineHash, @hash)
        """;

    private const string Dequeue = "DELETE FROM audit_queue WHERE audit_id = @id";

    private const string SaveHead = "UPDATE audit_heads SET size = @size, hash = @hash WHERE id = 1";

    private const string SelectOldest = """
        SELECT n, audit_id, hash FROM audit_links WHERE n >= @first ORDER BY n LIMIT @PageSize
        """;

    private const string Trim = "DELETE FROM audit_links WHERE n < @first";

    private const string SaveFirst = "UPDATE audit_heads SET first = @first, first_hash = @hash WHERE id = 1";

    public bool HasWaiting()
    {
        using var connection = database.Read();
        return connection.QuerySingle<bool>(Waiting);
    }

    /// <summary>Links all lines that wait. Several workers may run it.</summary>
    public async Task LinkAsync(CancellationToken cancellation)
    {
        while (await database.Writes.RunAsync(LinkPage, cancellation) == PageSize) { }
    }

    /// <summary>
    /// Deletes the oldest links as far as their lines are deleted, except the last one: its day is
    /// hashed, so that a check sees whether its line could be deleted.
    /// </summary>
    public async Task TrimAsync(CancellationToken cancellation)
    {
        while (await database.Writes.RunAsync(TrimPage, cancellation) == PageSize) { }
    }

    private static int LinkPage(WriteTransaction write)
    {
        write.Connection.Execute(CreateHead, new { AuditChain.Start });
        if (write.Connection.QuerySingleOrDefault<AuditHeadRow>(write.Sql(LockHead)) is not { } head)
            return 0;
        var lines = write.Connection.Query<AuditLine>(SelectLines, new { PageSize }).ToList();
        var (size, hash) = (head.Size, head.Hash);
        foreach (var line in lines)
        {
            var salt = AuditChain.NewSalt();
            var link = AuditChain.Link(++size, salt, line);
            hash = AuditChain.HashLink(hash, link);
            write.Connection.Execute(
                Insert,
                new
                {
                    link.N,
                    id = line.Id,
                    link.Day,
                    signIn = link.IsSignIn ? 1 : 0,
                    salt,
                    link.LineHash,
                    hash,
                }
            );
            write.Connection.Execute(Dequeue, new { id = line.Id });
        }
        if (lines.Count > 0)
            write.Connection.Execute(SaveHead, new { size, hash });
        return lines.Count;
    }

    private static int TrimPage(WriteTransaction write)
    {
        if (write.Connection.QuerySingleOrDefault<AuditHeadRow>(write.Sql(LockHead)) is not { } head)
            return 0;
        var oldest = write.Connection.Query<OldestRow>(SelectOldest, new { first = head.First, PageSize });
        var ended = oldest.TakeWhile(link => link.AuditId is null).ToList();
        if (ended.Count < 2)
            return 0;
        write.Connection.Execute(SaveFirst, new { first = ended[^1].N, hash = ended[^2].Hash });
        write.Connection.Execute(Trim, new { first = ended[^1].N });
        return ended.Count;
    }

    private sealed class OldestRow
    {
        public required long N { get; init; }
        public required long? AuditId { get; init; }
        public required string Hash { get; init; }
    }
}
