using Campaigns.Db.Keys;

namespace Campaigns.Db.Writes;

/// <summary>
/// The database has moved elsewhere, or is still being filled: nothing is written here. Carries a
/// line for the operator.
/// </summary>
public sealed class FencedException(string message) : Exception(message);

/// <summary>
/// Keys were made or retired since the process last looked: the batch is to be run again with the
/// new ones.
/// </summary>
internal sealed class KeysRotatedException : Exception;

/// <summary>
/// Another process has taken this one's number, because it stood still for longer than its lease.
/// </summary>
internal sealed class WriterLeaseLostException : Exception;

/// <summary>
/// What must hold for a batch to be written; asked of the database inside its transaction.
/// </summary>
/// <param name="Keys">The keys, as the process knows them.</param>
internal sealed record BatchPreconditions(KeySetVersion Keys)
{
    public const string Select = $"SELECT keys.*, (SELECT count(*) FROM fence) FROM ({KeySetVersion.Select}) AS keys";

    public void Check(KeySetVersion keys, long fences)
    {
        if (fences > 0)
            throw new FencedException(MigrationFence.Sentence);
        if (keys != Keys)
            throw new KeysRotatedException();
    }
}
