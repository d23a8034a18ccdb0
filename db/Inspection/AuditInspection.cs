using System.Data.Common;
using Campaigns.Db.Staff;
using Campaigns.Staff;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Checks the chain over the audit trail against its lines.</summary>
public sealed class AuditInspection(InspectedDatabase database)
{
    private const int PageSize = 1000;

    private const string SelectHead = "SELECT size, hash, first, first_hash FROM audit_heads WHERE id = 1";

    private const string NewestDay = "SELECT at / 86400000 FROM audit ORDER BY id DESC LIMIT 1";

    private const string SelectLinks = """
        SELECT l.n, l.audit_id, l.day, l.sign_in, l.salt, l.line_hash, l.hash,
            a.id AS line_id, a.at, a.staff_id, a.action, a.campaign, a.subject, a.detail
        FROM audit_links l LEFT JOIN audit a ON a.id = l.audit_id
        WHERE l.n > @Size AND l.n <= @to ORDER BY l.n LIMIT @PageSize
        """;

    private const string SelectInserted = """
        SELECT min(a.id) FROM audit a
        WHERE NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.audit_id = a.id)
          AND NOT EXISTS (SELECT 1 FROM audit_queue q WHERE q.audit_id = a.id)
        """;

    private const string SelectLost = """
        SELECT min(q.audit_id) FROM audit_queue q WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = q.audit_id)
        """;

    private const string SelectByHash = """
        SELECT n FROM audit_links WHERE hash = @hash
        UNION ALL SELECT first - 1 FROM audit_heads WHERE first_hash = @hash
        """;

    private const string CountWaiting = "SELECT count(*) FROM audit_queue";

    /// <summary>Reads all lines and links, a page at a time.</summary>
    public CheckedAudit Check(CancellationToken cancellation)
    {
        using var connection = database.Read();
        var head = ReadHead(connection);
        var replay = new AuditReplay(head.First - 1, head.FirstHash) { NewestDay = ReadNewestDay(connection) };
        var fault = Walk(connection, head, replay, cancellation) ?? FindUnlinked(connection);
        return new CheckedAudit(
            new AuditHead(head.Size, head.Hash),
            replay.Ended,
            connection.QuerySingle<long>(CountWaiting),
            fault
        );
    }

    /// <summary>The link with this hash, in hex; null if there is none.</summary>
    public long? FindLink(string hash)
    {
        using var connection = database.Read();
        return connection.QueryFirstOrDefault<long?>(SelectByHash, new { hash = hash.ToLowerInvariant() });
    }

    private static long ReadNewestDay(DbConnection connection) => connection.QuerySingleOrDefault<long>(NewestDay);

    private static AuditHeadRow ReadHead(DbConnection connection) =>
        connection.QuerySingleOrDefault<AuditHeadRow>(SelectHead)
        ?? new AuditHeadRow
        {
            Size = 0,
            Hash = AuditChain.Start,
            First = 1,
            FirstHash = AuditChain.Start,
        };

    private static AuditFault? Walk(
        DbConnection connection,
        AuditHeadRow head,
        AuditReplay replay,
        CancellationToken cancellation
    )
    {
        while (replay.Size < head.Size)
        {
            cancellation.ThrowIfCancellationRequested();
            var links = connection
                .Query<LinkRow>(
                    SelectLinks,
                    new
                    {
                        replay.Size,
                        to = head.Size,
                        PageSize,
                    }
                )
                .ToList();
            // A retention job may have deleted lines and links since the page before.
            replay.NewestDay = ReadNewestDay(connection);
            if (ReadHead(connection) is { } now && now.First - 1 > replay.Size)
            {
                replay.SkipTo(now.First - 1, now.FirstHash);
                continue;
            }
            if (links.Count == 0)
                return new AuditFault(AuditFaultKind.LinkMissing, replay.Size + 1, null);
            foreach (var row in links)
            {
                if (replay.Add(row.ToLink(), row.Hash, row.AuditId, row.Salt, row.ToLine()) is { } fault)
                    return fault;
            }
        }
        return replay.Size == head.Size && replay.Hash != head.Hash
            ? new AuditFault(AuditFaultKind.LinkChanged, head.Size, null)
            : null;
    }

    private static AuditFault? FindUnlinked(DbConnection connection)
    {
        if (connection.QuerySingle<long?>(SelectInserted) is { } inserted)
            return new AuditFault(AuditFaultKind.LineInserted, null, inserted);
        return connection.QuerySingle<long?>(SelectLost) is { } lost
            ? new AuditFault(AuditFaultKind.LineDeleted, null, lost)
            : null;
    }

    private sealed class LinkRow
    {
        public required long N { get; init; }
        public required long? AuditId { get; init; }
        public required long Day { get; init; }
        public required int SignIn { get; init; }
        public required string? Salt { get; init; }
        public required string LineHash { get; init; }
        public required string Hash { get; init; }
        public required long? LineId { get; init; }
        public required long? At { get; init; }
        public required long? StaffId { get; init; }
        public required string? Action { get; init; }
        public required string? Campaign { get; init; }
        public required string? Subject { get; init; }
        public required string? Detail { get; init; }

        public AuditLink ToLink() =>
            new()
            {
                N = N,
                Day = Day,
                IsSignIn = SignIn == 1,
                LineHash = LineHash,
            };

        public AuditLine? ToLine() =>
            LineId is not { } id
                ? null
                : new AuditLine
                {
                    Id = id,
                    At = At!.Value,
                    StaffId = StaffId,
                    Action = Action!,
                    Campaign = Campaign,
                    Subject = Subject,
                    Detail = Detail,
                };
    }
}
