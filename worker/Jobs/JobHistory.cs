using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// How long the board stores a finished job. Hangfire stores failed jobs for ever, which would fill
/// the memory of a process whose job fails every minute.
/// </summary>
internal sealed class JobHistory : JobFilterAttribute, IElectStateFilter, IApplyStateFilter
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan _packets = TimeSpan.FromDays(1);
    private static readonly TimeSpan _others = TimeSpan.FromHours(1);

    // Runs after [Queue] and all other filters.
    public JobHistory() => Order = int.MaxValue;

    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FailedState failed)
            context.CandidateState = new ExpiringFailure(failed);
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction) =>
        context.JobExpirationTimeout =
            context.NewState is ExpiringFailure ? Longest
            : context.BackgroundJob.Job.Type == typeof(PacketJobs) ? _packets
            : _others;

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction) { }

    /// <summary>Hangfire's failed state, but final: a final state expires.</summary>
    private sealed class ExpiringFailure(FailedState failed) : IState
    {
        public string Name => failed.Name;
        public string Reason => failed.Reason;
        public bool IsFinal => true;
        public bool IgnoreJobLoadException => failed.IgnoreJobLoadException;

        public Dictionary<string, string> SerializeData() => failed.SerializeData();
    }
}
