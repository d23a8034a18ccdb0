using Hangfire;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs jobs from the board. Packets and letters have one thread each, so that neither waits for
/// the other. Hangfire's two schedulers are left out, because they follow the wall clock.
/// </summary>
internal sealed class JobServer(JobStorage storage, JobActivator activator, IJobFilterProvider filters)
    : IHostedService,
        IDisposable
{
    private static readonly TimeSpan _afterFailure = TimeSpan.FromSeconds(2);

    private BackgroundProcessingServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server = new BackgroundProcessingServer(
            storage,
            [Workers(JobQueues.Packets, 1), Workers(JobQueues.Letters, 1), Workers(JobQueues.Others, 4)],
            new Dictionary<string, object> { ["Queues"] = JobQueues.All, ["WorkerCount"] = 6 },
            new BackgroundProcessingServerOptions
            {
                HeartbeatInterval = TimeSpan.FromSeconds(10),
                CancellationCheckInterval = TimeSpan.FromSeconds(2),
                RestartDelay = _afterFailure,
                // Hangfire's default delay grows with each failure, so letters would wait long after the
                // storage is back.
                RetryDelay = _ => _afterFailure,
            }
        );
        return Task.CompletedTask;
    }

    /// <summary>
    /// Signals running jobs to stop and waits for them until the host's shutdown limit.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is null)
            return;
        _server.SendStop();
        await _server.WaitForShutdownAsync(cancellationToken);
    }

    public void Dispose() => _server?.Dispose();

    private IBackgroundProcessDispatcherBuilder Workers(string queue, int count)
    {
        var performer = new BackgroundJobPerformer(filters, activator);
        var worker = new global::Hangfire.Server.Worker([queue], performer, new BackgroundJobStateChanger(filters));
        return worker.UseBackgroundPool(count);
    }
}

internal static class JobQueues
{
    public const string Packets = "packets";
    public const string Letters = "letters";
    public const string Others = EnqueuedState.DefaultQueue;

    public static readonly string[] All = [Packets, Letters, Others];
}
