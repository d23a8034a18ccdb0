using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Ends access of staff: in the rows, and in the journal, so that a restored backup does not bring
/// it back.
/// </summary>
internal static class EndedAccess
{
    // For each kind: what ends it, and the rows that a line of the journal after that instant would still change.
    private static readonly (string Kind, string End, string Pending)[] _kinds =
    [
        (
            JournalRevocation.Member,
            "UPDATE staff SET revoked_at = @at WHERE id = @id AND revoked_at IS NULL",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff WHERE revoked_at IS NULL"
        ),
        (
            JournalRevocation.Token,
            "UPDATE staff_tokens SET ended_at = @at WHERE id = @id AND ended_at IS NULL",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff_tokens WHERE ended_at IS NULL"
        ),
        (
            JournalRevocation.Session,
            "UPDATE staff_sessions SET ended_at = @at WHERE id = @id AND ended_at IS NULL",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff_sessions WHERE ended_at IS NULL"
        ),
        (
            JournalRevocation.Calendar,
            "UPDATE staff_calendars SET ended_at = @at WHERE id = @id AND ended_at IS NULL",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff_calendars WHERE ended_at IS NULL"
        ),
        (
            JournalRevocation.Invitation,
            "UPDATE staff_invitations SET ended_at = @at WHERE id = @id AND ended_at IS NULL",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff_invitations WHERE ended_at IS NULL"
        ),
        (
            JournalRevocation.Passkey,
            "DELETE FROM staff_passkeys WHERE id = @id",
            "SELECT id, CAST(0 AS bigint) AS at FROM staff_passkeys"
        ),
        (
            JournalRevocation.SignIn,
            """
            UPDATE staff_accounts SET version = version + 1, password_hash = NULL, authenticator = NULL,
                authenticator_at = NULL, changed_at = @at
            WHERE staff_id = @id AND changed_at < @at
            """,
            "SELECT staff_id AS id, changed_at AS at FROM staff_accounts"
        ),
    ];

    // What members end of their own, and the action for the audit trail.
    private static readonly Dictionary<string, (string Table, string Action)> _own = new(StringComparer.Ordinal)
    {
        [JournalRevocation.Token] = ("staff_tokens", "token.end"),
        [JournalRevocation.Session] = ("staff_sessions", "session.end"),
        [JournalRevocation.Calendar] = ("staff_calendars", "calendar.end"),
        [JournalRevocation.Passkey] = ("staff_passkeys", "passkey.end"),
    };

    // What ended although its member is still there; a session is not worth a line after its time.
    private const string SelectEnded = """
        SELECT 'revoke-token' AS kind, id, revoked_at AS at FROM staff WHERE revoked_at IS NOT NULL
        UNION ALL
        SELECT 'end-token', t.id, t.ended_at FROM staff_tokens t JOIN staff m ON m.id = t.staff_id
        WHERE t.ended_at IS NOT NULL AND m.revoked_at IS NULL
        UNION ALL
        SELECT 'end-calendar', c.id, c.ended_at FROM staff_calendars c JOIN staff m ON m.id = c.staff_id
        WHERE c.ended_at IS NOT NULL AND m.revoked_at IS NULL
        UNION ALL
        SELECT 'end-invitation', id, ended_at FROM staff_invitations WHERE ended_at IS NOT NULL
        """;

    /// <summary>Ends it and writes the line; false if it ended before or there is none.</summary>
    public static bool End(WriteTransaction write, string kind, long id)
    {
        var revocation = new JournalRevocation(write.Now, kind, id);
        if (!Apply(write, revocation))
            return false;
        write.Journal(revocation);
        return true;
    }

    /// <summary>
    /// As <see cref="End"/>, for what belongs to a member, who ends it; audited. False too if it is
    /// another member's.
    /// </summary>
    public static bool EndOwn(WriteTransaction write, string kind, long staffId, long id)
    {
        var (table, action) = _own[kind];
        var isOwn = $"SELECT count(*) FROM {table} WHERE id = @id AND staff_id = @staffId";
        if (write.Connection.QuerySingle<long>(isOwn, new { id, staffId }) == 0 || !End(write, kind, id))
            return false;
        new Actor(staffId).Audit(write, action, subject: Ids.Text(id));
        return true;
    }

    /// <summary>
    /// Applies the lines of the journal that this database lacks; returns how many.
    /// </summary>
    public static async Task<int> ReplayAsync(
        Database database,
        IReadOnlyList<JournalRevocation> revocations,
        CancellationToken cancellation
    )
    {
        if (revocations.Count == 0)
            return 0;
        List<JournalRevocation> pending;
        using (var connection = database.Read())
        {
            var known = _kinds.ToDictionary(kind => kind.Kind, kind => FindPending(connection, kind.Pending));
            pending = [.. revocations.Where(line => known[line.Kind].TryGetValue(line.Id, out var at) && at < line.At)];
        }
        return pending.Count == 0
            ? 0
            : await database.Writes.RunAsync(
                write => pending.Count(revocation => Apply(write, revocation)),
                cancellation
            );
    }

    /// <summary>What ended and is not in the journal.</summary>
    public static IReadOnlyList<JournalRevocation> FindUnrecorded(
        Database database,
        IReadOnlyList<JournalRevocation> recorded
    )
    {
        var known = recorded.Select(line => (line.Kind, line.Id)).ToHashSet();
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<EndedRow>(SelectEnded)
                .Where(row => !known.Contains((row.Kind, row.Id)))
                .Select(row => new JournalRevocation(row.At, row.Kind, row.Id)),
        ];
    }

    private static bool Apply(WriteTransaction write, JournalRevocation revocation)
    {
        var (_, end, _) = Array.Find(_kinds, kind => kind.Kind == revocation.Kind);
        if (write.Connection.Execute(end, new { id = revocation.Id, at = revocation.At.ToUnixTimeMilliseconds() }) == 0)
            return false;
        if (revocation.Kind == JournalRevocation.Member)
            LookStore.Delete(write, revocation.Id);
        if (revocation.Kind == JournalRevocation.SignIn)
            write.Connection.Execute("DELETE FROM staff_recovery_codes WHERE staff_id = @Id", new { revocation.Id });
        return true;
    }

    private static Dictionary<long, DateTimeOffset> FindPending(DbConnection connection, string sql) =>
        connection.Query<PendingRow>(sql).ToDictionary(row => row.Id, row => row.At);

    private sealed class PendingRow
    {
        public required long Id { get; init; }
        public required DateTimeOffset At { get; init; }
    }

    private sealed class EndedRow
    {
        public required string Kind { get; init; }
        public required long Id { get; init; }
        public required DateTimeOffset At { get; init; }
    }
}
