using Campaigns.Db.Letters;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Dapper;

namespace Campaigns.Db;

/// <summary>
/// What the database knows of the time: when a process was last sure of it, and rows dated by a
/// clock that was ahead.
/// </summary>
public sealed class ClockStore(Database database)
{
    private const string Save =
        "INSERT INTO clock (id, seen_at) VALUES (1, @now) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";

    // Ids carry their time, so the rows of a clock that was ahead are the last ones.
    private static readonly string[] _bringBack =
    [
        "UPDATE letters SET due_at = @now WHERE id >= @future AND state = 'queued' AND created_at > @ahead AND due_at > @now",
        "UPDATE letters SET created_at = @now WHERE id >= @future AND created_at > @ahead",
        "UPDATE letters SET lease_until = NULL WHERE state = 'queued' AND lease_until > @letterLease",
        "UPDATE packets SET lease_until = NULL WHERE lease_until > @packetLease",
        "UPDATE ledger_queue SET queued_at = @now WHERE id >= @future AND queued_at > @ahead",
        "UPDATE signatures SET confirm_expires_at = @linkEnds WHERE id >= @future AND state = 'pending' AND confirm_expires_at > @linkAhead",
        "DELETE FROM network_keys WHERE day > @today",
        "DELETE FROM network_requests WHERE day > @today",
    ];

    /// <summary>The last instant a process was sure of; null in a new database.</summary>
    public DateTimeOffset? FindLastSeen()
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<long?>("SELECT seen_at FROM clock WHERE id = 1") is { } at
            ? Instant.FromMilliseconds(at)
            : null;
    }

    /// <summary>Remembers that now is right.</summary>
    public Task SaveAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write => write.Connection.Execute(Save, new { now = write.Now.ToUnixTimeMilliseconds() }),
            cancellation
        );

    /// <summary>
    /// Brings back what a clock that was ahead put off: letters and ledger entries would wait for
    /// its time, leases would last until then. Days that are counted, printed or published already
    /// stay as they are. Returns how many rows; twice is harmless.
    /// </summary>
    public Task<int> ResetFutureDatesAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                // Others write while this runs, and the clock of another machine may be a little ahead.
                var ahead = write.Now + JumpResistantClock.Tolerance;
                var these = new
                {
                    now = write.Now.ToUnixTimeMilliseconds(),
                    ahead = ahead.ToUnixTimeMilliseconds(),
                    future = Ids.First(ahead),
                    letterLease = (ahead + LetterStore.Lease).ToUnixTimeMilliseconds(),
                    packetLease = (ahead + PacketQueue.Lease).ToUnixTimeMilliseconds(),
                    linkEnds = (write.Now + SigningStore.LinkLifetime).ToUnixTimeMilliseconds(),
                    linkAhead = (ahead + SigningStore.LinkLifetime).ToUnixTimeMilliseconds(),
                    today = Instant.Text(Instant.Day(ahead)),
                };
                return _bringBack.Sum(statement => write.Connection.Execute(statement, these));
            },
            cancellation
        );
}
