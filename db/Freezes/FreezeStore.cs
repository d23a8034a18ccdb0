using Campaigns.Db.Caching;
using Campaigns.Db.Staff;
using Dapper;

namespace Campaigns.Db.Freezes;

/// <summary>
/// Whether the operator froze the installation. A command of another process sets it, so each
/// process reads it once a second.
/// </summary>
public sealed class FreezeStore
{
    private const string Select = "SELECT reason, since, until FROM freezes";

    private const string Upsert = """
        INSERT INTO freezes (one, reason, since, until) VALUES (1, @reason, @now, @until)
        ON CONFLICT (one) DO UPDATE SET reason = excluded.reason, until = excluded.until
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly CachedValue<Stored> _stored;

    public FreezeStore(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _stored = new CachedValue<Stored>(Read, time, TimeSpan.FromSeconds(1));
    }

    /// <summary>True while the installation is frozen, as of at most a second ago.</summary>
    public bool IsFrozen => InForce(_stored.Get()) is not null;

    /// <summary>The freeze in force, as of at most a second ago; null if there is none.</summary>
    public ValueTask<Freeze?> FindAsync()
    {
        var stored = _stored.GetAsync();
        return stored.IsCompletedSuccessfully ? new(InForce(stored.Result)) : WaitAsync(stored);
    }

    /// <summary>
    /// Freezes the installation. A freeze in force gets the new reason and end; its beginning
    /// stays.
    /// </summary>
    public async Task BeginAsync(string reason, DateTimeOffset? until, Actor actor)
    {
        await _database.Writes.RunAsync(write =>
        {
            if (write.Connection.QuerySingleOrDefault<Stored>(Select) is { } stored && InForce(stored) is null)
                write.Connection.Execute("DELETE FROM freezes");
            write.Connection.Execute(
                Upsert,
                new
                {
                    reason,
                    now = write.Now.ToUnixTimeMilliseconds(),
                    until = until?.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "freeze.begin", detail: until is { } end ? $"until {Instant.Text(end)}" : null);
            return true;
        });
        _stored.Invalidate();
    }

    /// <summary>Ends the freeze; false if none was in force.</summary>
    public async Task<bool> EndAsync(Actor actor)
    {
        var ended = await _database.Writes.RunAsync(write =>
        {
            var wasFrozen = InForce(write.Connection.QuerySingleOrDefault<Stored>(Select)) is not null;
            write.Connection.Execute("DELETE FROM freezes");
            if (wasFrozen)
                actor.Audit(write, "freeze.end");
            return wasFrozen;
        });
        _stored.Invalidate();
        return ended;
    }

    private async ValueTask<Freeze?> WaitAsync(ValueTask<Stored> stored) => InForce(await stored);

    private Freeze? InForce(Stored? stored) =>
        stored?.Reason is { } reason
        && new Freeze(
            reason,
            Instant.FromMilliseconds(stored.Since),
            stored.Until is { } until ? Instant.FromMilliseconds(until) : null
        )
            is var freeze
        && freeze.IsInForce(_time.UtcNow())
            ? freeze
            : null;

    private Stored Read()
    {
        using var connection = _database.Read();
        return connection.QuerySingleOrDefault<Stored>(Select) ?? new Stored();
    }

    private sealed class Stored
    {
        public string? Reason { get; init; }
        public long Since { get; init; }
        public long? Until { get; init; }
    }
}
