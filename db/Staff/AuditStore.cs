using Dapper;

namespace Campaigns.Db.Staff;

public sealed class AuditStore(Database database)
{
    private const string SelectLines = """
        SELECT a.id, a.at, s.name AS staff, a.action, a.campaign, a.subject, a.detail
        FROM audit a LEFT JOIN staff s ON s.id = a.staff_id
        """;

    private const string Select = $"""
        {SelectLines}
        WHERE a.at >= @from AND a.id > @after ORDER BY a.id LIMIT @limit
        """;

    private const string SelectOfSubject = $"""
        {SelectLines}
        WHERE a.subject = @subject AND a.action = @action AND a.id < @before ORDER BY a.id DESC LIMIT @limit
        """;

    /// <summary>
    /// Lines from an instant on, oldest first; <paramref name="after"/> is the id of the last line
    /// of the previous page.
    /// </summary>
    public IReadOnlyList<AuditEntry> List(DateTimeOffset from, long after, int limit) =>
        Query(
            Select,
            new
            {
                from = from.ToUnixTimeMilliseconds(),
                after,
                limit,
            }
        );

    /// <summary>
    /// Lines about one thing with one action and an id below <paramref name="before"/>, newest
    /// first.
    /// </summary>
    public IReadOnlyList<AuditEntry> ListOf(string subject, string action, long before, int limit) =>
        Query(
            SelectOfSubject,
            new
            {
                subject,
                action,
                before,
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

    private IReadOnlyList<AuditEntry> Query(string sql, object parameters)
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
                    row.Detail
                )),
        ];
    }

    private sealed class AuditRow
    {
        public required long Id { get; init; }
        public required long At { get; init; }
        public required string? Staff { get; init; }
        public required string Action { get; init; }
        public required string? Campaign { get; init; }
        public required string? Subject { get; init; }
        public required string? Detail { get; init; }
    }
}
