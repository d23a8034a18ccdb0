using Campaigns.Worker.Letters;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// The letters as a job on the board: started when letters are due, by a commit or by the sweep, and not otherwise,
/// so that an idle server writes no history. One run at a time in a process; several processes share the letters.
/// </summary>
public sealed class LetterJobs
{
    internal const string Name = "send-letters";

    // After a run that failed: a defect must not fill the board.
    private static readonly TimeSpan _longestRest = TimeSpan.FromMinutes(1);

    private readonly IServiceScopeFactory _scopes;
    private readonly IRecurringJobManagerV2 _jobs;
    private readonly ILogger<LetterJobs> _log;
    private readonly Lock _gate = new();
    private bool _running;
    private string? _job;
    private int _failures;
    private long _failedAt;

    internal LetterJobs(IServiceScopeFactory scopes, IRecurringJobManagerV2 jobs, ILogger<LetterJobs> log)
    {
        _scopes = scopes;
        _jobs = jobs;
        _log = log;
    }

    /// <summary>Raised when a run ends.</summary>
    internal event Action? Ended;

    /// <summary>Sends what is due, for at most a minute; returns what the board shows as the result.</summary>
    [Queue(JobQueues.Letters)]
    public async Task<string> SendAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_running) return "skipped: the job is running";
            _running = true;
        }
        var failed = true;
        try
        {
            var result = await CleanFailure.RunAsync(_log, nameof(SendLettersJob), () => RunAsync(cancellationToken), cancellationToken);
            failed = false;
            return result;
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                _failures = failed ? _failures + 1 : 0;
                _failedAt = TimeProvider.System.GetTimestamp();
            }
            Ended?.Invoke();
        }
    }

    /// <summary>True when letters are due and no run of this process sends them.</summary>
    internal bool IsDue()
    {
        if (IsBusy()) return false;
        using var scope = _scopes.CreateScope();
        return Create(scope).HasWork();
    }

    /// <summary>Starts a run, unless one waits to start.</summary>
    internal void Start()
    {
        using var connection = _jobs.Storage.GetConnection();
        if (_job is not null && connection.GetJobData(_job)?.State == EnqueuedState.StateName) return;
        _job = _jobs.TriggerJob(Name);
        if (_job is not null) return;
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

    private bool IsBusy()
    {
        lock (_gate) return _running || (_failures > 0 && TimeProvider.System.GetElapsedTime(_failedAt) < Rest(_failures));
    }

    private static TimeSpan Rest(int failures) =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(failures, 10) - 1), _longestRest.TotalSeconds));

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        await Create(scope).RunAsync(cancellationToken);
        return "done";
    }

    private static SendLettersJob Create(IServiceScope scope) =>
        ActivatorUtilities.CreateInstance<SendLettersJob>(scope.ServiceProvider);
}
