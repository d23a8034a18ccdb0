using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// The board calls this for a recurring job that the timetable or a person triggered. The board
/// stores the name of this class, of its method and of the job.
/// </summary>
public sealed class ScheduledJobs
{
    private readonly JobRunner _runner;
    private readonly JumpResistantClock _clock;
    private readonly Dictionary<string, ScheduledLine> _lines;
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _endedAt = new(StringComparer.Ordinal);

    internal ScheduledJobs(JobRunner runner, JumpResistantClock clock, IReadOnlyList<ScheduledLine> lines)
    {
        _runner = runner;
        _clock = clock;
        _lines = lines.ToDictionary(line => line.Name, StringComparer.Ordinal);
    }

    /// <summary>Runs a job of the timetable; returns the result for the board.</summary>
    /// <param name="name">Its name in the timetable.</param>
    /// <param name="every">How often it runs, for people who read the board.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    [SuppressMessage("Style", "IDE0060", Justification = "The board shows it.")]
    public async Task<string> RunAsync(string name, string every, CancellationToken cancellationToken)
    {
        if (!_lines.TryGetValue(name, out var line))
            return "skipped: no such job in this version";
        if (!IsAllowed(line))
            return "skipped: the machine's clock is not trusted";
        if (!_running.TryAdd(name, true))
            return "skipped: the job is running";
        try
        {
            if (await _runner.RunAsync(line.Job, cancellationToken) is { } failure)
                throw new JobFailedException(failure);
            // Hangfire queues a cancelled run again.
            cancellationToken.ThrowIfCancellationRequested();
            return "done";
        }
        finally
        {
            _endedAt[name] = TimeProvider.System.GetTimestamp();
            _running.TryRemove(name, out _);
        }
    }

    internal bool IsAllowed(ScheduledLine line) => !line.NeedsTrustedClock || _clock.IsTrusted;

    internal bool IsRunning(string name) => _running.ContainsKey(name);

    /// <summary>
    /// The timestamp of the system clock when the last run in this process ended; null before that.
    /// </summary>
    internal long? EndedAt(string name) => _endedAt.TryGetValue(name, out var at) ? at : null;
}
