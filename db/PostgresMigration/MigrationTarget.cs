using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// The PostgreSQL database that is filled. From <see cref="Reserve"/> to <see cref="Open"/> a fence
/// stands in it, so that nobody serves it; its <c>set_at</c> is the mark of this one move, and the
/// same stands in the fence of the old side once it has moved: that is how the two know each other.
/// Whoever works on it holds the fence's row, so that two moves are never in each other's way.
/// </summary>
internal sealed class MigrationTarget : IDisposable
{
    // A database that was only started once, or migrated, has these; they are replaced.
    private static readonly string[] _withoutCampaign = ["key_checks", "clock"];

    private const string Us = "moved";

    private const string LockFence = "SELECT state, set_at FROM fence FOR UPDATE NOWAIT";

    private const string Put =
        "INSERT INTO fence (id, state, set_at) VALUES (1, 'filling', @mark) ON CONFLICT (id) DO UPDATE SET set_at = excluded.set_at";

    private const string CountServing = "SELECT count(*) FROM writers WHERE lease_until >= @now AND owner <> @Us";

    // Numbers of the old side: nobody takes them before the time of its newest id is past, whatever the clocks say, so
    // that no id is made twice.
    private const string KeepNumbers = """
        INSERT INTO writers (number, owner, lease_until) VALUES (0, @Us, @until), (1, @Us, @until)
        ON CONFLICT (number) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
        """;

    private readonly PostgresDialect _dialect;
    private readonly TimeProvider _time;
    private NpgsqlTransaction? _transaction;

    private MigrationTarget(PostgresDialect dialect, NpgsqlConnection connection, TimeProvider time) =>
        (_dialect, Connection, _time) = (dialect, connection, time);

    public NpgsqlConnection Connection { get; }

    /// <exception cref="NpgsqlException">It cannot be reached.</exception>
    /// <exception cref="MigrationRefusedException">It cannot be read what the connection string
    /// says.</exception>
    public static MigrationTarget Connect(string connectionString, TimeProvider time)
    {
        PostgresDialect dialect;
        try
        {
            dialect = new PostgresDialect(connectionString, patient: true);
        }
        catch (ArgumentException)
        {
            // Not its message: a connection string holds a password.
            throw new MigrationRefusedException("--to cannot be read. It looks like Host=…;Database=…;Username=….");
        }
        try
        {
            return new MigrationTarget(dialect, dialect.Open(), time);
        }
        catch
        {
            dialect.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Brings the tables up to date and puts the fence up. Returns the mark of this move.
    /// </summary>
    /// <exception cref="MigrationRefusedException">It holds a campaign and no fence, or is in
    /// use.</exception>
    public long Reserve(Func<IReadOnlyList<CopiedTable>> readTables)
    {
        var now = _time.UtcNow();
        Begin();
        PostgresStart.AcquireStartLock(Connection);
        PostgresStart.RequireDurable(Connection);
        Migrations.Run(Connection, _dialect, now);
        // Who is in the middle of a batch ends it first.
        _dialect.AcquireExclusiveBatchLock(Connection);
        var fence = ReadFence();
        if (fence is { State: not "filling" })
            throw new MigrationRefusedException("That database was itself moved elsewhere.");
        if (
            fence is null
            && readTables().FirstOrDefault(table => !_withoutCampaign.Contains(table.Name) && HasRows(table))
                is { } full
        )
            throw new MigrationRefusedException(
                $"That database is not empty ({full.Name} has rows), and no move that was cut off left it so."
            );
        RefuseServing();
        // Never the mark of a move before, also when the clock went back.
        var mark = Math.Max(now.ToUnixTimeMilliseconds(), (fence?.SetAt ?? 0) + 1);
        Connection.Execute(Put, new { mark });
        Commit();
        return mark;
    }

    /// <summary>Begins a transaction that works on this move alone.</summary>
    /// <exception cref="MigrationRefusedException">The fence is another move's, or
    /// gone.</exception>
    public void Work(long mark)
    {
        Begin();
        if (ReadFence() is not { State: "filling" } fence || fence.SetAt != mark)
            throw new MigrationRefusedException(
                "That database does not wait for this move: another one took it over, or has ended."
            );
        RefuseServing();
    }

    /// <summary>
    /// Empties the tables, whatever a move that was cut off left in them: no trigger hinders it.
    /// </summary>
    public void Empty(IReadOnlyList<CopiedTable> tables) =>
        Connection.Execute($"TRUNCATE {string.Join(", ", tables.Select(table => table.Name))}");

    /// <summary>Fills a table, row by row as they come, and returns how many there were.</summary>
    public long Fill(CopiedTable table, IEnumerable<object?[]> rows)
    {
        var count = 0L;
        using var copy = Connection.BeginBinaryImport($"COPY {table.Name} ({table.List}) FROM STDIN (FORMAT BINARY)");
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in rows)
        {
            copy.StartRow();
            for (var i = 0; i < row.Length; i++)
                Write(copy, table, table.Columns[i], row[i]);
            count++;
        }
        copy.Complete();
        return count;
    }

    /// <summary>
    /// Makes what was filled durable, still behind the fence. What is known of a table that was
    /// empty a moment ago would mislead the first queries.
    /// </summary>
    public void Keep(IReadOnlyList<CopiedTable> tables, long newestId)
    {
        Connection.Execute(KeepNumbers, new { Us, until = Ids.Moment(newestId).ToUnixTimeMilliseconds() });
        Connection.Execute($"ANALYZE {string.Join(", ", tables.Select(table => table.Name))}");
        Commit();
    }

    /// <summary>Takes the fence away: from here on it is this one that serves.</summary>
    public void Open()
    {
        Connection.Execute("DELETE FROM fence");
        Commit();
    }

    public void Dispose()
    {
        _transaction?.Dispose();
        Connection.Dispose();
        _dialect.Dispose();
    }

    private void Begin()
    {
        _transaction = Connection.BeginTransaction();
        // The other side is read meanwhile.
        Connection.Execute("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0");
    }

    private void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    private FenceRow? ReadFence()
    {
        try
        {
            return Connection.QuerySingleOrDefault<FenceRow>(LockFence);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new MigrationRefusedException(
                "Another move into that database is under way, or its connection has not ended yet."
            );
        }
    }

    // It would have looked at the journal before there was anything to hold against it.
    private void RefuseServing()
    {
        if (Connection.QuerySingle<long>(CountServing, new { Us, now = _time.UtcNow().ToUnixTimeMilliseconds() }) > 0)
            throw new MigrationRefusedException(
                "An API, a worker or a command works on that database, or ended less than a minute ago. Stop it, wait a minute, and start it after the move."
            );
    }

    private bool HasRows(CopiedTable table) =>
        Connection.QuerySingle<bool>($"SELECT EXISTS (SELECT 1 FROM {table.Name})");

    private static void Write(NpgsqlBinaryImporter copy, CopiedTable table, CopiedColumn column, object? value)
    {
        switch (column.Type, value)
        {
            case (_, null):
                copy.WriteNull();
                break;
            case (NpgsqlDbType.Bigint, long number):
                copy.Write(number, NpgsqlDbType.Bigint);
                break;
            case (NpgsqlDbType.Integer, long number and >= int.MinValue and <= int.MaxValue):
                copy.Write((int)number, NpgsqlDbType.Integer);
                break;
            case (NpgsqlDbType.Text, string text):
                copy.Write(text, NpgsqlDbType.Text);
                break;
            case (NpgsqlDbType.Bytea, byte[] bytes):
                copy.Write(bytes, NpgsqlDbType.Bytea);
                break;
            // SQLite keeps in a column whatever somebody put there.
            default:
                throw new MigrationRefusedException(
                    $"A row of {table.Name} has in {column.Name} what PostgreSQL cannot keep there. Mend it first (docs/operating.md)."
                );
        }
    }

    private sealed class FenceRow
    {
        public required string State { get; init; }
        public required long SetAt { get; init; }
    }
}
