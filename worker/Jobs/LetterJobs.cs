using System.Threading.Channels;
using Campaigns.Worker.Letters;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// The letters as a job on the board: started when letters are due, by a commit or by the sweep,
/// and not otherwise, so that an idle server writes no history. A run waits a second for more
/// letters before it ends, so that a steady trickle makes a job a minute and not one for each
/// letter. One run at a time in a process; several share the letters.
/// </summary>
public sealed class LetterJobs
{
    internal const string Name = "send-letters";

    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(1);

    // How soon a lingering run finds letters that another process committed.
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(200);

    // Letters that are committed together are claimed together.
    private static readonly TimeSpan _gather = TimeSpan.FromMilliseconds(50);

    private readonly IServiceScopeFactory _scopes;
    private readonly IRecurringJobManagerV2 _jobs;
    private readonly CleanFailure _clean;
    private readonly RestAfterFailure _rest = new();
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private int _running;
    private string? _job;

    internal LetterJobs(IServiceScopeFactory scopes, IRecurringJobManagerV2 jobs, CleanFailure clean)
    {
        _scopes = scopes;
        _jobs = jobs;
        _clean = clean;
    }

    /// <summary>Raised when a run ends.</summary>
    internal event Action? Ended;

    /// <summary>
    /// Sends what is due, and claims no more after a minute; returns what the
    /// board shows as the result.
    /// </summary>
    [Queue(JobQueues.Letters)]
    public async Task<string> SendAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
            return "skipped: the job is running";
        try
        {
            return await _clean.RunAsync(
                typeof(SendLettersJob),
                _rest,
                () => RunAsync(cancellationToken),
                cancellationToken
            );
        }
        finally
        {
            Volatile.Write(ref _running, 0);
            Ended?.Invoke();
        }
    }

    /// <summary>Tells a run of this process that letters were committed.</summary>
    internal void Notify() => _more.Writer.TryWrite(true);

    /// <summary>True when letters are due and no run of this process sends them.</summary>
    internal bool IsDue()
    {
        if (Volatile.Read(ref _running) == 1 || !_rest.IsOver)
            return false;
        using var scope = _scopes.CreateScope();
        return Create(scope).HasWork();
    }

    /// <summary>Starts a run, unless one waits to start.</summary>
    internal void Start()
    {
        using var connection = _jobs.Storage.GetConnection();
        if (_job is not null && connection.GetJobData(_job)?.State == EnqueuedState.StateName)
            return;
        _job = _jobs.TriggerJob(Name);
        if (_job is not null)
            return;
        // The board was lost and created again.
        Register();
        _job = _jobs.TriggerJob(Name);
    }

    /// <summary>Puts the job on the board, where it can also be triggered by hand.</summary>
    internal void Register()
    {
        var send = Job.FromExpression<LetterJobs>(letters => letters.SendAsync(CancellationToken.None));
        _jobs.AddOrUpdate(Name, send, Cron.Never(), new RecurringJobOptions());
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (SendLettersJob.LongestRun - TimeProvider.System.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            await using var scope = _scopes.CreateAsyncScope();
            var job = Create(scope);
            // What was committed until now is found by this run itself.
            _more.Reader.TryRead(out _);
            await job.RunAsync(left, cancellationToken);
            if (!await IsThereMoreAsync(job, cancellationToken))
                break;
        }
        return "done";
    }

    private async Task<bool> IsThereMoreAsync(SendLettersJob job, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < _linger)
        {
            await WaitForCommitAsync(cancellationToken);
            if (job.HasWork())
                return true;
        }
        return false;
    }

    private async Task WaitForCommitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_look);
        try
        {
            await _more.Reader.ReadAsync(limit.Token);
            await Task.Delay(_gather, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look for what other processes committed.
        }
    }

    private static SendLettersJob Create(IServiceScope scope) =>
        ActivatorUtilities.CreateInstance<SendLettersJob>(scope.ServiceProvider);
}
