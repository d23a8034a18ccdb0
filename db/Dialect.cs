using System.Data.Common;

namespace Campaigns.Db;

/// <summary>What SQLite and PostgreSQL cannot share. Everything else is one SQL text.</summary>
public abstract class Dialect : IDisposable
{
    /// <summary>
    /// The suffix of migrations that only this database runs: <c>0002_append_only.sqlite.sql</c>.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>
    /// The words that stand for <c>{id_key}</c> and <c>{blob}</c> in a migration.
    /// </summary>
    public abstract string IdKey { get; }

    public abstract string Blob { get; }

    /// <summary>Begins a transaction that reads several things as of one moment.</summary>
    public abstract string BeginSnapshot { get; }

    /// <summary>
    /// How old what is held in memory may be; null where this process hears of every commit,
    /// because it alone serves.
    /// </summary>
    public abstract TimeSpan? CacheLifetime { get; }

    /// <summary>
    /// Waits until no other process is in the middle of a batch, and lets none begin one until the
    /// transaction of <paramref name="connection"/> ends; nothing where only one writes anyway.
    /// </summary>
    public abstract void AcquireExclusiveBatchLock(DbConnection connection);

    /// <summary>
    /// Writes what is there already; <c>@writer</c> is the number of whoever writes.
    /// </summary>
    public abstract string Probe { get; }

    /// <summary>
    /// How long after its end a lease is left alone, because the clocks of two machines differ;
    /// nothing where there is one.
    /// </summary>
    public abstract TimeSpan ClockSkewAllowance { get; }

    /// <summary>
    /// A text as this database runs it. Where several processes write, <c>{for_update}</c> keeps
    /// the rows that are read as they are until the transaction ends;
    /// <c>{for_update_skip_locked}</c> passes over those that somebody else holds;
    /// <c>{for_key_share}</c> holds on to a campaign that people sign, and only <c>{for_update}</c>
    /// waits for it; <c>{for_no_key_update_skip_locked}</c> and <c>{for_no_key_update}</c> keep
    /// everybody else from sealing its ledger and taking signers back, the first by passing over
    /// what is kept, the second by waiting.
    /// </summary>
    public abstract string Sql(string text);

    /// <summary>
    /// Runs one migration whole or not at all; where the caller has begun a transaction, as a part
    /// of that.
    /// </summary>
    public abstract void Migrate(DbConnection connection, Action migration);

    public abstract DbConnection OpenForReading();

    /// <summary>
    /// True when the database failed and not the statement: whoever tries next will fail the same
    /// way.
    /// </summary>
    public abstract bool IsDatabaseFailure(Exception exception);

    /// <summary>
    /// True when two transactions were in each other's way: run again, both succeed.
    /// </summary>
    public abstract bool IsTransient(Exception exception);

    public abstract void Dispose();
}
