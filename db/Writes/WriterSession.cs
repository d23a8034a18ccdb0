namespace Campaigns.Db.Writes;

/// <summary>
/// How a database takes batches: who may write when, over which connection, and what there is to do
/// between two of them. Used by the queue's thread alone, but for ids.
/// </summary>
internal abstract class WriterSession : IDisposable
{
    /// <summary>
    /// Keeps this process's ids and counters apart from those of others that write at the same
    /// time.
    /// </summary>
    public abstract int Number { get; }

    /// <summary>Makes ids under <see cref="Number"/>; for every thread.</summary>
    public abstract Ids Ids { get; }

    /// <summary>
    /// After so long without work <see cref="RunMaintenance"/> is due; null for never.
    /// </summary>
    public abstract TimeSpan? MaintenanceInterval { get; }

    /// <summary>
    /// Waits for this process's turn to write, and for nobody when it is the only one.
    /// </summary>
    public abstract WriteConnection Acquire();

    /// <summary>Ends the turn.</summary>
    public abstract void Release();

    /// <summary>
    /// Throws the connection away, which rolls back; after an error none is trusted again.
    /// </summary>
    public abstract void Discard();

    /// <summary>Does what a batch failed of and says whether it may be run again.</summary>
    public abstract bool TryRecover(Exception error);

    /// <summary>Between two batches.</summary>
    /// <param name="committed">One was just made durable.</param>
    public abstract void RunMaintenance(bool committed);

    public abstract void Dispose();
}
