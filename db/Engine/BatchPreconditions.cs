using Campaigns.Db.Keys;

namespace Campaigns.Db.Engine;

/// <summary>
/// The database was migrated to another one, or a migration into it has not ended, so writes are
/// refused. The message is for the operator.
/// </summary>
public sealed class FencedException(string message) : Exception(message);

/// <summary>
/// Keys were made or retired since this process last read them. The batch must run again with the
/// new keys.
/// </summary>
internal sealed class KeysRotatedException : Exception;

/// <summary>The conditions for writing a batch, checked inside its transaction.</summary>
/// <param name="Keys">The key set that this process has loaded.</param>
internal sealed record BatchPreconditions(KeySetVersion Keys)
{
    public const string Select = $"SELECT keys.*, (SELECT count(*) FROM fence) FROM ({KeySetVersion.Select}) AS keys";

    public void Check(KeySetVersion keys, long fences)
    {
        if (fences > 0)
            throw new FencedException(MigrationFence.Message);
        if (keys != Keys)
            throw new KeysRotatedException();
    }
}
