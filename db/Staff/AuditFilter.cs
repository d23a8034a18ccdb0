namespace Campaigns.Db.Staff;

/// <summary>Which lines of the audit trail to list. A null condition excludes nothing.</summary>
public sealed record AuditFilter
{
    /// <summary>Lines of this member.</summary>
    public long? StaffId { get; init; }

    /// <summary>True for lines of the operator at the command line, who is no member.</summary>
    public bool OfOperator { get; init; }

    public string? Action { get; init; }

    /// <summary>The id of the thing that a line is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The slug of a campaign.</summary>
    public string? Campaign { get; init; }

    /// <summary>The first instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The instant after the last one.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Part of the subject or the detail, in any case.</summary>
    public string? Search { get; init; }

    public bool NewestFirst { get; init; }

    /// <summary>Condition, order and limit of a page, with its parameters.</summary>
    internal string Sql
    {
        get
        {
            List<string> conditions = [NewestFirst ? "a.id < @cursor" : "a.id > @cursor"];
            Add(StaffId is not null, "a.staff_id = @StaffId");
            Add(OfOperator, "a.staff_id IS NULL");
            Add(Action is not null, "a.action = @Action");
            Add(Subject is not null, "a.subject = @Subject");
            Add(Campaign is not null, "a.campaign = @Campaign");
            Add(From is not null, "a.at >= @from");
            Add(Before is not null, "a.at < @before");
            Add(
                Search is not null,
                """(lower(a.subject) LIKE @pattern ESCAPE '\' OR lower(a.detail) LIKE @pattern ESCAPE '\')"""
            );
            var order = NewestFirst ? "DESC" : "ASC";
            return $"WHERE {string.Join(" AND ", conditions)} ORDER BY a.id {order} LIMIT @limit";

            void Add(bool given, string condition)
            {
                if (given)
                    conditions.Add(condition);
            }
        }
    }

    internal object Parameters(long? after, int limit) =>
        new
        {
            StaffId,
            Action,
            Subject,
            Campaign,
            from = From?.ToUnixTimeMilliseconds(),
            before = Before?.ToUnixTimeMilliseconds(),
            pattern = Search is null ? null : $"%{Escape(Search.ToLowerInvariant())}%",
            cursor = after ?? (NewestFirst ? long.MaxValue : 0),
            limit,
        };

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
}
