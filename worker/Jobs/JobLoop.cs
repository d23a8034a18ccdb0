using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs a job for as long as the process lives, with a pause after each run. It has no queue and no
/// history and does not depend on the job board's storage.
/// </summary>
internal sealed class JobLoop(Type job, TimeSpan pause, JobRunner runner) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await runner.RunAsync(job, stoppingToken);
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
