using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Schema;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// The PostgreSQL database to fill. A fence keeps it from being served from <see cref="Reserve"/>
/// to <see cref="RemoveFence"/>. Its <c>set_at</c> is the mark of this migration. The old side's
/// fence has the same mark, so the two databases recognise each other. A migration locks the
/// fence's row, so that two migrations exclude each other.
/// </summary>
internal sealed class MigrationTarget : IDisposable
{
    // A database that was only started once, or migrated, has rows in these tables; they are replaced.
    private static readonly string[] _replacedTables = ["key_checks", "clock", "journal_files", "hourly_snapshot"];

    private const string Owner = "moved";

    private const string LockFence = "SELECT state, set_at FROM fence FOR UPDATE NOWAIT";

    private const string PutFence = """
        INSERT INTO fence (id, state, set_at) VALUES (1, 'filling', @mark)
        ON CONFLICT (id) DO UPDATE SET set_at = excluded.set_at
        """;

    private const string CountServing = "SELECT count(*) FROM writers WHERE lease_until >= @now AND owner <> @Owner";

    // Reserves the old side's writer numbers until the time of its newest id has passed on every clock, so that no id
    // is made twice.
    private const string ReserveNumbers = """
        INSERT INTO writers (number, owner, lease_until) VALUES (0, @Owner, @until), (1, @Owner, @until)
        ON CONFLICT (number) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
        """;

    private readonly PostgresDialect _dialect;
    private readonly TimeProvider _time;
    private NpgsqlTransaction? _transaction;

    private MigrationTarget(PostgresDialect dialect, NpgsqlConnection connection, TimeProvider time) =>
        (_dialect, Connection, _time) = (dialect, connection, time);

    public NpgsqlConnection Connection { get; }

    /// <exception cref="NpgsqlException">The server cannot be reached.</exception>
    /// <exception cref="MigrationRefusedException">The connection string cannot be
    /// parsed.</exception>
    public static MigrationTarget Connect(string connectionString, TimeProvider time)
    {
        PostgresDialect dialect;
        try
        {
            dialect = new PostgresDialect(connectionString, noCommandTimeout: true);
        }
        catch (ArgumentException)
        {
            // The exception's message is left out, because it may quote a password.
            throw new MigrationRefusedException("--to cannot be read. Its form is Host=…;Database=…;Username=….");
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
    /// Migrates the tables and sets the fence. Returns the mark of this migration.
    /// </summary>
    /// <exception cref="MigrationRefusedException">The database has a campaign but no fence, or is
    /// in use.</exception>
    public long Reserve(Func<IReadOnlyList<CopiedTable>> readTables)
    {
        var now = _time.UtcNow();
        Begin();
        PostgresStart.AcquireStartLock(Connection);
        PostgresStart.RequireDurable(Connection);
        Migrations.Run(Connection, _dialect, now);
        // Running batches end first.
        _dialect.AcquireExclusiveBatchLock(Connection);
        var fence = ReadFence();
        if (fence is { State: not "filling" })
            throw new MigrationRefusedException("That database was itself moved elsewhere.");
        if (
            fence is null
            && readTables().FirstOrDefault(table => !_replacedTables.Contains(table.Name) && HasRows(table))
                is { } nonEmpty
        )
            throw new MigrationRefusedException(
                $"That database is not empty ({nonEmpty.Name} has rows), and no move that was cut off left it so."
            );
        ThrowIfInUse();
        // The mark differs from that of an earlier migration, even when the clock went back.
        var mark = Math.Max(now.ToUnixTimeMilliseconds(), (fence?.SetAt ?? 0) + 1);
        Connection.Execute(PutFence, new { mark });
        Commit();
        return mark;
    }

    /// <summary>Begins a transaction for this migration only.</summary>
    /// <exception cref="MigrationRefusedException">The fence belongs to another migration, or is
    /// gone.</exception>
    public void BeginWork(long mark)
    {
        Begin();
        if (ReadFence() is not { State: "filling" } fence || fence.SetAt != mark)
            throw new MigrationRefusedException(
                "That database is not reserved for this move: another move reserved it, or has ended."
            );
        ThrowIfInUse();
    }

    /// <summary>
    /// Empties the tables of rows from an interrupted migration. TRUNCATE fires no row triggers.
    /// </summary>
    public void Truncate(IReadOnlyList<CopiedTable> tables) =>
        Connection.Execute($"TRUNCATE {string.Join(", ", tables.Select(table => table.Name))}");

    /// <summary>Copies rows into a table, one at a time, and returns their number.</summary>
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
    /// Commits the copied rows, still behind the fence. ANALYZE replaces the statistics of the
    /// empty tables, which would mislead the first queries.
    /// </summary>
    public void CommitRows(IReadOnlyList<CopiedTable> tables, long newestId)
    {
        Connection.Execute(ReserveNumbers, new { Owner, until = Ids.Moment(newestId).ToUnixTimeMilliseconds() });
        Connection.Execute($"ANALYZE {string.Join(", ", tables.Select(table => table.Name))}");
        Commit();
    }

    /// <summary>Removes the fence. From now on this database serves.</summary>
    public void RemoveFence()
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
        // No timeouts, because this connection is idle while the other side is read.
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

    // A process that is already running checked the journal before the rows were here.
    private void ThrowIfInUse()
    {
        var now = _time.UtcNow().ToUnixTimeMilliseconds();
        if (Connection.QuerySingle<long>(CountServing, new { Owner, now }) > 0)
            throw new MigrationRefusedException(
                "An API, a worker or a command works on that database, or ended less than a minute ago. "
                    + "Stop it, wait a minute, and start it after the move."
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
            // SQLite columns accept values of any type.
            default:
                throw new MigrationRefusedException(
                    $"A row of {table.Name} has in {column.Name} what PostgreSQL cannot keep there. "
                        + "Mend it first (docs/operating.md)."
                );
        }
    }

    private sealed class FenceRow
    {
        public required string State { get; init; }
        public required long SetAt { get; init; }
    }
}
