using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Keys;

/// <summary>
/// Loads rotated keys. Scheduled where <see cref="ReencryptJob"/>, which loads them too, does not
/// run.
/// </summary>
public sealed class RefreshKeysJob(KeyRing keys, ILogger<RefreshKeysJob> log) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        TryRefresh(keys, log);
        return Task.CompletedTask;
    }

    /// <summary>When a key cannot be read, logs it and returns false.</summary>
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
