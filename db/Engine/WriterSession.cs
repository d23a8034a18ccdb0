namespace Campaigns.Db.Engine;

/// <summary>
/// Controls how a database accepts batches: the lock, the connection, and the maintenance between
/// two batches. Only the queue's thread uses it, except for the ids.
/// </summary>
internal abstract class WriterSession : IDisposable
{
    /// <summary>
    /// The writer number. It keeps the ids and counters of processes that write at the same time
    /// distinct.
    /// </summary>
    public abstract int Number { get; }

    /// <summary>Makes ids with <see cref="Number"/>; thread-safe.</summary>
    public abstract Ids Ids { get; }

    /// <summary>
    /// <see cref="RunMaintenance"/> is due after this time without work; null for never.
    /// </summary>
    public abstract TimeSpan? MaintenanceInterval { get; }

    /// <summary>Waits until this process may write. Returns at once if no lock is needed.</summary>
    public abstract WriteConnection Acquire();

    /// <summary>Releases the lock.</summary>
    public abstract void Release();

    /// <summary>
    /// Discards the connection, which rolls back. After an error no connection is reused.
    /// </summary>
    public abstract void Discard();

    /// <summary>
    /// Tries to remove the cause of a batch's failure. Returns true if the batch can run again.
    /// </summary>
    public abstract bool TryRecover(Exception error);

    /// <summary>Runs maintenance between two batches.</summary>
    /// <param name="committed">A batch was just committed.</param>
    public abstract void RunMaintenance(bool committed);

    public abstract void Dispose();
}
