using System.Globalization;
using Campaigns.Db.Packets;
using Campaigns.Worker.Packets;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// A packet as a job on the board. The packet's row is the queue: a job that finds it
/// built, or being built, does nothing. A build that failed or started over gets a new
/// job behind those that wait.
/// </summary>
public sealed class PacketJobs
{
    private readonly IServiceScopeFactory _scopes;
    private readonly PacketQueue _queue;
    private readonly IBackgroundJobClientV2 _jobs;
    private readonly PacketTries _tries;
    private readonly CleanFailure _clean;
    private readonly RestAfterFailure _rest = new();

    internal PacketJobs(
        IServiceScopeFactory scopes,
        PacketQueue queue,
        IBackgroundJobClientV2 jobs,
        PacketTries tries,
        CleanFailure clean
    )
    {
        _scopes = scopes;
        _queue = queue;
        _jobs = jobs;
        _tries = tries;
        _clean = clean;
    }

    /// <summary>Builds a packet; returns what the board shows as the result.</summary>
    /// <param name="packetId">The packet's id.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Ends the build; the packet then waits again.</param>
    [Queue(JobQueues.Packets)]
    public Task<string> BuildAsync(long packetId, PerformContext context, CancellationToken cancellationToken) =>
        _clean.RunAsync(
            typeof(BuildPacketJob),
            _rest,
            () => RunAsync(packetId, context, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Packets that wait for a builder, with a job or without; none while
    /// packets rest after a failure.
    /// </summary>
    internal IReadOnlyList<long> FindWaiting() => _rest.IsOver ? _queue.FindWaiting() : [];

    /// <summary>Gives a job to each of these packets that has none.</summary>
    internal void Enqueue(IEnumerable<long> waiting)
    {
        foreach (var id in waiting.Where(id => !_tries.HasWaitingJob(id)))
            Enqueue(id);
    }

    private async Task<string> RunAsync(long packetId, PerformContext context, CancellationToken cancellationToken)
    {
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
                _tries.Forget(packetId);
                throw new JobFailedException($"{result.Failure}; the packet has failed");
            case BuildOutcome.Ready:
                _tries.Forget(packetId);
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
    /// Shows on the board how far a build is. A board that cannot be
    /// reached does not stop the build.
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
#pragma warning disable CA1031 // The row has the progress; the dispatcher reports a board that is away.
            catch (Exception)
#pragma warning restore CA1031
            { }
        }
    }
}
