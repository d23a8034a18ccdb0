using Campaigns.Db.Sendings;

namespace Campaigns.Worker.Retention;

/// <summary>Deletes the letters of sendings that ended long ago.</summary>
public sealed class ForgetUpdateLettersJob(SendingRetention retention) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => retention.RunAsync(cancellationToken);
}
