using Campaigns.Backups;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.ScheduledBackups;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Reads how far the work is that the database knows of.</summary>
public sealed class WorkInspection(InspectedDatabase database)
{
    private const string Recounts = """
        SELECT c.slug, r.drift, r.recounted_at
        FROM campaigns c LEFT JOIN recounts r ON r.campaign_id = c.id ORDER BY c.slug
        """;

    private const string OldestLetter = """
        SELECT min(due_at) FROM (
            SELECT min(due_at) AS due_at FROM letters WHERE state = 'queued'
            UNION ALL SELECT min(due_at) FROM staff_letters WHERE state = 'queued'
            UNION ALL SELECT min(l.due_at) FROM update_letters l JOIN sendings s ON s.update_id = l.update_id
                WHERE l.state = 'queued' AND s.state = 'sending') AS due
        """;

    private const string Fates = """
        SELECT fate, CAST(SUM(value) AS bigint) AS letters FROM letter_days WHERE day >= @day GROUP BY fate
        """;

    private const string Damaged = "SELECT count(*) FROM ledger_queue WHERE state = 'damaged'";

    private const string Stale = $"SELECT count(*) FROM packets WHERE status = '{PacketStatus.Stale}'";

    private const string LastLine = "SELECT at, detail FROM audit WHERE action = @action ORDER BY id DESC LIMIT 1";

    // A passkey is two factors; a password alone is one. A member without either has tokens only.
    private const string OneFactor = """
        SELECT count(*) FROM staff s JOIN staff_accounts a ON a.staff_id = s.id
        WHERE s.revoked_at IS NULL AND a.password_hash IS NOT NULL AND a.authenticator_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM staff_passkeys p WHERE p.staff_id = s.id)
        """;

    private const string Reached = """
        SELECT count(*) FROM staff_accounts a JOIN staff s ON s.id = a.staff_id
        WHERE s.revoked_at IS NULL AND s.role = @role AND a.confirmed_at IS NOT NULL
        """;

    private const string OtherHosts = """
        SELECT count(*) FROM staff_passkeys p JOIN staff s ON s.id = p.staff_id
        WHERE p.host <> @host AND s.revoked_at IS NULL
        """;

    private static readonly TimeSpan _lateRetention = TimeSpan.FromHours(3);

    /// <summary>
    /// What should no longer be there: each text names rows whose time ended hours ago.
    /// </summary>
    private static readonly (string What, string Count)[] _overdue =
    [
        (
            "unconfirmed signatures",
            """
            SELECT count(*) FROM signatures s WHERE state = 'pending' AND confirm_expires_at < @late
                AND NOT EXISTS (
                    SELECT 1 FROM letters l
                    WHERE l.campaign_id = s.campaign_id AND l.signature_id = s.id AND l.state = 'queued')
            """
        ),
        (
            "unconfirmed subscriptions",
            """
            SELECT count(*) FROM subscribers s WHERE state = 'pending' AND expires_at < @late
                AND NOT EXISTS (
                    SELECT 1 FROM letters l
                    WHERE l.campaign_id = s.campaign_id AND l.subscriber_id = s.id AND l.state = 'queued')
            """
        ),
        ("campaigns with an erasure that is due", "SELECT count(*) FROM campaigns WHERE next_erasure < @late"),
        ("ended suppressions", "SELECT count(*) FROM suppressions WHERE until < @late"),
        ("keys of network counters", "SELECT count(*) FROM network_keys WHERE day < @oldestDay"),
    ];

    /// <summary>The last recount of each campaign; without a date it had none.</summary>
    public IReadOnlyList<RecountedCampaign> ReadRecounts()
    {
        using var connection = database.Read();
        return [.. connection.Query<RecountedCampaign>(Recounts)];
    }

    /// <summary>Campaigns whose database is behind their published ledger.</summary>
    public IReadOnlyList<string> FindBehind() => Texts("SELECT slug FROM campaigns WHERE ledger_behind = 1");

    /// <summary>Queued entries of ledgers that are too damaged to be sealed.</summary>
    public long CountDamagedEntries() => Count(Damaged);

    /// <summary>Queued entries of ledgers that no head covers yet.</summary>
    public long CountUnsealed() => Count("SELECT count(*) FROM ledger_queue WHERE state = 'waiting'");

    /// <summary>When the newest head was signed; null before the first.</summary>
    public DateTimeOffset? NewestHead()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long?>("SELECT max(sealed_at) FROM ledger_heads") is { } at
            ? Instant.FromMilliseconds(at)
            : null;
    }

    /// <summary>When the newest backup was made here; null when none is known.</summary>
    public DateTimeOffset? NewestBackup() =>
        (FindLastScheduledBackup()?.MadeAt, LastLineOf(BackupLog.Backup)?.At) switch
        {
            ({ } scheduled, { } made) => scheduled > made ? scheduled : made,
            var (scheduled, made) => scheduled ?? made,
        };

    public long CountJournalGaps() => Count("SELECT count(*) FROM journal_gaps WHERE acknowledged_at IS NULL");

    /// <summary>When the letter was due that waits longest; null when none waits.</summary>
    public DateTimeOffset? OldestDueLetter()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long?>(OldestLetter) is { } due ? Instant.FromMilliseconds(due) : null;
    }

    /// <summary>
    /// Letters since a day: those with an outcome, and those that were given up.
    /// </summary>
    public (long All, long GivenUp) CountLetters(DateOnly since)
    {
        using var connection = database.Read();
        var fates = connection
            .Query<FateRow>(Fates, new { day = Instant.Text(since) })
            .ToDictionary(row => row.Fate, row => row.Letters, StringComparer.Ordinal);
        var givenUp = fates.GetValueOrDefault(LetterFate.Refused) + fates.GetValueOrDefault(LetterFate.Unknown);
        return (fates.GetValueOrDefault(LetterFate.Accepted) + givenUp, givenUp);
    }

    public long CountStalePackets() => Count(Stale);

    public long CountMembersWithOneFactor() => Count(OneFactor);

    public long CountReachedAdministrators()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(Reached, new { role = Role.Administrator });
    }

    /// <summary>Passkeys of active members that were made for other hosts than this one.</summary>
    public long CountPasskeysOfOtherHosts(string host)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(OtherHosts, new { host });
    }

    /// <summary>
    /// What a job of retention should have ended, in words; empty when nothing is late.
    /// </summary>
    public IReadOnlyList<string> FindOverdue(DateTimeOffset now)
    {
        using var connection = database.Read();
        var parameters = new
        {
            late = (now - _lateRetention).ToUnixTimeMilliseconds(),
            oldestDay = Instant.Text(Instant.Day(now).AddDays(-3)),
        };
        return
        [
            .. _overdue
                .Select(rule => (rule.What, Rows: connection.QuerySingle<long>(rule.Count, parameters)))
                .Where(found => found.Rows > 0)
                .Select(found => $"{found.Rows} {found.What}"),
        ];
    }

    /// <summary>The newest line of the audit trail with an action.</summary>
    public (DateTimeOffset At, string? Detail)? LastLineOf(string action)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<LineRow>(LastLine, new { action }) is { } line
            ? (line.At, line.Detail)
            : null;
    }

    /// <summary>How the last scheduled backup went; null before the first.</summary>
    public BackupAttempt? FindLastScheduledBackup()
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<BackupAttempt>(ScheduledBackups.Select);
    }

    /// <summary>True while the operator has stopped the installation.</summary>
    public bool IsFrozen(DateTimeOffset now)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(
                "SELECT count(*) FROM freezes WHERE until IS NULL OR until > @now",
                new { now }
            ) > 0;
    }

    private long Count(string sql)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(sql);
    }

    private IReadOnlyList<string> Texts(string sql)
    {
        using var connection = database.Read();
        return [.. connection.Query<string>(sql)];
    }

    private sealed class FateRow
    {
        public required string Fate { get; init; }
        public required long Letters { get; init; }
    }

    private sealed class LineRow
    {
        public required DateTimeOffset At { get; init; }
        public required string? Detail { get; init; }
    }
}
