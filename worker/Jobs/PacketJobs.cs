using System.Globalization;
using Campaigns.Db.Freezes;
using Campaigns.Db.Packets;
using Campaigns.Worker.Packets.Build;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Building a packet as a job on the board. The packet's row is the queue: a job does nothing when
/// the packet is built or being built. A build that failed or started over gets a new job at the
/// end of the queue.
/// </summary>
public sealed class PacketJobs
{
    private readonly IServiceScopeFactory _scopes;
    private readonly PacketQueue _queue;
    private readonly IBackgroundJobClientV2 _jobs;
    private readonly PacketTries _tries;
    private readonly CleanFailure _clean;
    private readonly FreezeStore _freezes;
    private readonly RestAfterFailure _rest = new();

    internal PacketJobs(
        IServiceScopeFactory scopes,
        PacketQueue queue,
        IBackgroundJobClientV2 jobs,
        PacketTries tries,
        CleanFailure clean,
        FreezeStore freezes
    )
    {
        _scopes = scopes;
        _queue = queue;
        _jobs = jobs;
        _tries = tries;
        _clean = clean;
        _freezes = freezes;
    }

    /// <summary>Builds a packet; returns the result for the board.</summary>
    /// <param name="packetId">The packet's id.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Ends the build; the packet is then queued again.</param>
    [Queue(JobQueues.Packets)]
    public Task<string> BuildAsync(long packetId, PerformContext context, CancellationToken cancellationToken) =>
        _clean.RunAsync(
            typeof(BuildPacketJob),
            _rest,
            () => RunAsync(packetId, context, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Packets that wait for a builder, with or without a job; none while packets rest after a
    /// failure, or while a freeze stops them.
    /// </summary>
    internal IReadOnlyList<long> FindWaiting() => _rest.IsOver && !_freezes.IsFrozen ? _queue.FindWaiting() : [];

    /// <summary>Enqueues a job for each of these packets that has none.</summary>
    internal void Enqueue(IEnumerable<long> waiting)
    {
        foreach (var id in waiting.Where(id => !_tries.HasWaitingJob(id)))
            Enqueue(id);
    }

    private async Task<string> RunAsync(long packetId, PerformContext context, CancellationToken cancellationToken)
    {
        if (_freezes.IsFrozen)
            return "the installation is frozen";
        await using var scope = _scopes.CreateAsyncScope();
        var build = ActivatorUtilities.CreateInstance<BuildPacketJob>(scope.ServiceProvider);
        var (failures, restarts) = _tries.Read(packetId);
        var result = await build.RunAsync(packetId, failures, restarts, new BoardProgress(context), cancellationToken);
        switch (result.Outcome)
        {
            case BuildOutcome.StartOver:
                _tries.Write(packetId, failures, restarts + 1);
                return $"starts over as job {Enqueue(packetId)}: a signer was removed or lowered their disclosure";
            case BuildOutcome.TryAgain:
                _tries.Write(packetId, failures + 1, restarts);
                throw new JobFailedException($"{result.Failure}; tried again as job {Enqueue(packetId)}");
            case BuildOutcome.Failed:
                _tries.Remove(packetId);
                throw new JobFailedException($"{result.Failure}; the packet has failed");
            case BuildOutcome.Ready:
                _tries.Remove(packetId);
                return "ready";
            case BuildOutcome.LeaseLost:
                return "another worker builds the packet";
            default:
                return "the packet does not wait for a builder";
        }
    }

    private string Enqueue(long packetId)
    {
        var job = _jobs.Enqueue<PacketJobs>(jobs => jobs.BuildAsync(packetId, null!, CancellationToken.None));
        _tries.SetJob(packetId, job);
        return job;
    }

    /// <summary>
    /// Shows the progress of a build on the board. An unreachable board does not stop the build.
    /// </summary>
    private sealed class BoardProgress(PerformContext context) : IProgress<PacketProgress>
    {
        public void Report(PacketProgress value)
        {
            try
            {
                var shown = string.Create(CultureInfo.InvariantCulture, $"{value.Done} of {value.Total}");
                context.SetJobParameter("Progress", shown);
            }
#pragma warning disable CA1031 // The row has the progress; the dispatcher reports an unreachable board.
            catch (Exception)
#pragma warning restore CA1031
            { }
        }
    }
}
