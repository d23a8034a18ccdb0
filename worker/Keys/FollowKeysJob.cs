using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Keys;

/// <summary>Takes up keys that were rotated meanwhile, for a process that does not re-seal.</summary>
public sealed class FollowKeysJob(KeyRing keys, ILogger<FollowKeysJob> log) : ITimedJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            keys.Refresh();
        }
        catch (KeysRefusedException refused)
        {
            log.KeyNotRead(refused.Message);
        }
        return Task.CompletedTask;
    }
}
