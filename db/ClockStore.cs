using Campaigns.Db.Engine;
using Campaigns.Db.SignIn;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db;

/// <summary>
/// The database's record of the time: when a process last trusted its clock, and rows with future
/// dates from a clock that was ahead.
/// </summary>
public sealed class ClockStore(Database database)
{
    private const string Save =
        "INSERT INTO clock (id, seen_at) VALUES (1, @now) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";

    // Ids contain their time, so rows from a clock that was ahead have the greatest ids.
    private static readonly string[] _resets =
    [
        """
            UPDATE letters SET due_at = @now
            WHERE id >= @future AND state = 'queued' AND created_at > @ahead AND due_at > @now
            """,
        "UPDATE letters SET created_at = @now WHERE id >= @future AND created_at > @ahead",
        // Letters past the bound of their mail domain have places in later hours, never later than a link lasts.
        """
            UPDATE letters SET due_at = @now, turn_at = @now
            WHERE state = 'queued' AND turn_at > @ahead AND (id >= @future OR turn_at > @linkAhead)
            """,
        """
            UPDATE mail_domains SET hour_from = @now
            WHERE hour_from > @linkAhead OR hour_from > @ahead AND NOT EXISTS (
                SELECT 1 FROM letters
                WHERE domain_hash = mail_domains.hash AND turn_at IS NOT NULL AND state = 'queued')
            """,
        "DELETE FROM mailbox_letters WHERE hour_from > @ahead OR day_from > @ahead",
        $"UPDATE letters SET {Lease.End} WHERE state = 'queued' AND lease_until > @lease",
        $"UPDATE packets SET {Lease.End} WHERE lease_until > @lease",
        "UPDATE ledger_queue SET queued_at = @now WHERE id >= @future AND queued_at > @ahead",
        """
            UPDATE signatures SET confirm_expires_at = @linkEnds
            WHERE id >= @future AND state = 'pending' AND confirm_expires_at > @linkAhead
            """,
        // Sessions and links of staff would outlive their time, locks and used codes would last until then.
        "UPDATE staff_sessions SET ended_at = @now WHERE created_at > @ahead OR seen_at > @ahead",
        "UPDATE staff_invitations SET ended_at = @now WHERE created_at > @ahead",
        """
            UPDATE staff_letters SET created_at = @now, due_at = @now
            WHERE id >= @future AND state = 'queued' AND created_at > @ahead
            """,
        $"UPDATE staff_letters SET {Lease.End} WHERE state = 'queued' AND lease_until > @lease",
        "UPDATE staff_accounts SET pending_until = @now WHERE pending_until > @addressAhead",
        "UPDATE staff_accounts SET locked_until = NULL WHERE locked_until > @lockAhead",
        "UPDATE staff_accounts SET authenticator_step = NULL WHERE authenticator_step > @stepAhead",
        "DELETE FROM network_keys WHERE day > @today",
        "DELETE FROM network_requests WHERE day > @today",
    ];

    /// <summary>The last time that a process trusted; null in a new database.</summary>
    public DateTimeOffset? FindLastSeen()
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<DateTimeOffset?>("SELECT seen_at FROM clock WHERE id = 1");
    }

    /// <summary>Records the current time as trusted.</summary>
    public Task SaveAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write => write.Connection.Execute(Save, new { now = write.Now.ToUnixTimeMilliseconds() }),
            cancellation
        );

    /// <summary>
    /// Resets future dates from a clock that was ahead. Otherwise letters and ledger entries would
    /// wait until those dates, and leases would last until then. Days that are already counted,
    /// printed or published stay. Returns the number of changed rows; repeating it is harmless.
    /// </summary>
    public Task<int> ResetFutureDatesAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                // Other processes write during this, and another machine's clock may be slightly ahead.
                var ahead = write.Now + JumpResistantClock.Tolerance;
                var parameters = new
                {
                    now = write.Now.ToUnixTimeMilliseconds(),
                    ahead = ahead.ToUnixTimeMilliseconds(),
                    future = Ids.First(ahead),
                    lease = ahead + Lease.Duration,
                    linkEnds = (write.Now + LetterRules.LinkLifetime).ToUnixTimeMilliseconds(),
                    linkAhead = (ahead + LetterRules.LinkLifetime).ToUnixTimeMilliseconds(),
                    today = Instant.Text(Instant.Day(ahead)),
                    lockAhead = (ahead + AccountStore.LockedFor).ToUnixTimeMilliseconds(),
                    addressAhead = (ahead + AddressStore.LinkLifetime).ToUnixTimeMilliseconds(),
                    stepAhead = ahead.ToUnixTimeSeconds() / AccountStore.SecondsPerStep + 1,
                };
                return _resets.Sum(statement => write.Connection.Execute(statement, parameters));
            },
            cancellation
        );
}
