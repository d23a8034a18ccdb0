using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Keys;

/// <summary>
/// Takes up keys that were rotated meanwhile; scheduled where nothing is re-sealed, which does it
/// too.
/// </summary>
public sealed class RefreshKeysJob(KeyRing keys, ILogger<RefreshKeysJob> log) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        TryRefresh(keys, log);
        return Task.CompletedTask;
    }

    /// <summary>False, and said in the log, when a key cannot be read.</summary>
    internal static bool TryRefresh(KeyRing keys, ILogger log)
    {
        try
        {
            keys.Refresh();
            return true;
        }
        catch (KeysRefusedException refused)
        {
            log.KeyNotRead(refused.Message);
            return false;
        }
    }
}
