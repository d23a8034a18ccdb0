using System.Threading.Channels;
using Campaigns.Worker.Mail;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Sending letters as a job on the board. A commit or the sweep starts it, and only when letters
/// are due, so an idle server writes no history. A run waits a second for more letters before it
/// ends. So a steady trickle makes one job a minute and not one for each letter. A process has one
/// run at a time; the runs of several processes share the letters.
/// </summary>
public sealed class LetterJobs
{
    internal const string Name = "send-letters";

    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(1);

    // A waiting run finds letters that another process committed within this time.
    private static readonly TimeSpan _pollEvery = TimeSpan.FromMilliseconds(200);

    // After a commit the run waits this long, so that it claims letters of several commits together.
    private static readonly TimeSpan _gatherFor = TimeSpan.FromMilliseconds(50);

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
    /// Sends letters that are due and claims no more after a minute. Returns the result for the
    /// board.
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

    /// <summary>Wakes a waiting run of this process after letters were committed.</summary>
    internal void Notify() => _more.Writer.TryWrite(true);

    /// <summary>True when letters are due and no run of this process sends them.</summary>
    internal bool IsDue()
    {
        if (Volatile.Read(ref _running) == 1 || !_rest.IsOver)
            return false;
        using var scope = _scopes.CreateScope();
        return Create(scope).HasWork();
    }

    /// <summary>Queues a run, unless one is queued already.</summary>
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
            // This pass finds everything committed so far, so an earlier notification is dropped.
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
        limit.CancelAfter(_pollEvery);
        try
        {
            await _more.Reader.ReadAsync(limit.Token);
            await Task.Delay(_gatherFor, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The caller now checks for letters that other processes committed.
        }
    }

    private static SendLettersJob Create(IServiceScope scope) =>
        ActivatorUtilities.CreateInstance<SendLettersJob>(scope.ServiceProvider);
}
