using Campaigns.Staff;
using Dapper;

namespace Campaigns.Db.Staff;

public sealed class AuditStore(Database database)
{
    private const string Select = """
        SELECT a.id, a.at, a.staff_id AS member, s.name AS staff, a.action, a.campaign, a.subject, a.detail
        FROM audit a LEFT JOIN staff s ON s.id = a.staff_id
        """;

    // Two parts, because each has an index of its own.
    private static readonly string _access = $"""
        {Select}
        WHERE a.id IN (
            SELECT id FROM (
                SELECT id FROM audit WHERE staff_id = @staffId AND {SqlCondition.IsOneOf("action", AccessActions.Own)}
                ORDER BY id DESC LIMIT @limit) AS own
            UNION ALL
            SELECT id FROM audit WHERE subject = @subject AND {SqlCondition.IsOneOf("action", AccessActions.About)})
        ORDER BY a.id DESC LIMIT @limit
        """;

    /// <summary>
    /// A page of lines; <paramref name="after"/> is the id of the last line of the page before,
    /// null for the first page.
    /// </summary>
    public IReadOnlyList<AuditEntry> List(AuditFilter filter, long? after, int limit) =>
        Read($"{Select} {filter.Sql}", filter.Parameters(after, limit));

    /// <summary>The newest lines about the access of a member, newest first.</summary>
    public IReadOnlyList<AuditEntry> ListAccess(long staffId, int limit) =>
        Read(
            _access,
            new
            {
                staffId,
                subject = Ids.Text(staffId),
                limit,
            }
        );

    /// <summary>Records an action that writes nothing else, such as a download.</summary>
    public Task WriteAsync(
        Actor actor,
        string action,
        string? campaign = null,
        string? subject = null,
        string? detail = null
    ) =>
        database.Writes.RunAsync(write =>
        {
            actor.Audit(write, action, campaign, subject, detail);
            return true;
        });

    private IReadOnlyList<AuditEntry> Read(string sql, object parameters)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<AuditRow>(sql, parameters)
                .Select(row => new AuditEntry(
                    Ids.Text(row.Id),
                    Instant.FromMilliseconds(row.At),
                    row.Staff,
                    row.Action,
                    row.Campaign,
                    row.Subject,
                    row.Detail,
                    row.Member is { } member ? Ids.Text(member) : null
                )),
        ];
    }

    private sealed class AuditRow
    {
        public required long Id { get; init; }
        public required long At { get; init; }
        public required long? Member { get; init; }
        public required string? Staff { get; init; }
        public required string Action { get; init; }
        public required string? Campaign { get; init; }
        public required string? Subject { get; init; }
        public required string? Detail { get; init; }
    }
}
