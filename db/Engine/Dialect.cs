using System.Data.Common;

namespace Campaigns.Db.Engine;

/// <summary>The differences between SQLite and PostgreSQL. All other SQL is shared.</summary>
public abstract class Dialect : IDisposable
{
    /// <summary>
    /// The suffix of migrations for this database only: <c>0002_append_only.sqlite.sql</c>.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>The SQL for <c>{id_key}</c> in a migration.</summary>
    public abstract string IdKey { get; }

    /// <summary>The SQL for <c>{blob}</c> in a migration.</summary>
    public abstract string Blob { get; }

    /// <summary>Begins a transaction that runs several reads in one snapshot.</summary>
    public abstract string BeginSnapshot { get; }

    /// <summary>
    /// Maximum age of cached values; null if this process sees every commit, because it is the only
    /// server.
    /// </summary>
    public abstract TimeSpan? CacheLifetime { get; }

    /// <summary>
    /// Waits until no other process runs a batch, and blocks new batches until the transaction of
    /// <paramref name="connection"/> ends. Does nothing for a database with one writer.
    /// </summary>
    public abstract void AcquireExclusiveBatchLock(DbConnection connection);

    /// <summary>
    /// SQL that writes an existing value; <c>@writer</c> is the number of the writer.
    /// </summary>
    public abstract string Probe { get; }

    /// <summary>
    /// SQL that reads the <c>version</c> of the database and its size in <c>bytes</c>.
    /// </summary>
    public abstract string SelectStatus { get; }

    /// <summary>SQL that reads whether there is a table named <c>@table</c>.</summary>
    public abstract string HasTable { get; }

    /// <summary>
    /// How long an expired lease is still respected, because the clocks of two machines differ.
    /// Zero for a database with one server.
    /// </summary>
    public abstract TimeSpan ClockSkewAllowance { get; }

    /// <summary>
    /// Returns an SQL text with its placeholders filled. On PostgreSQL <c>{for_update}</c>,
    /// <c>{for_update_skip_locked}</c>, <c>{for_key_share}</c>, <c>{for_no_key_update}</c> and
    /// <c>{for_no_key_update_skip_locked}</c> become the row locks they name; on SQLite, nothing.
    /// Signing locks its campaign with <c>{for_key_share}</c>, which conflicts only with
    /// <c>{for_update}</c>. Sealing and removals lock theirs with the two <c>for_no_key_update</c>
    /// forms, which exclude each other but not signing.
    /// </summary>
    public abstract string Sql(string text);

    /// <summary>
    /// Runs one migration atomically. If the caller began a transaction, the migration is part of
    /// it.
    /// </summary>
    public abstract void Migrate(DbConnection connection, Action migration);

    public abstract DbConnection OpenForReading();

    /// <summary>
    /// True when the database failed, not the statement. A retry on this database would fail the
    /// same way.
    /// </summary>
    public abstract bool IsDatabaseFailure(Exception exception);

    /// <summary>True when two transactions conflicted. Both succeed when run again.</summary>
    public abstract bool IsTransient(Exception exception);

    public abstract void Dispose();
}
