using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>Collects the lines of a timetable.</summary>
internal sealed class ScheduleBuilder(IServiceCollection services)
{
    private readonly List<ScheduledLine> _lines = [];

    public IReadOnlyList<ScheduledLine> Lines => _lines;

    /// <summary>
    /// Runs a job at the start of the process and again that long after each run has ended.
    /// </summary>
    public void Loop<TJob>(TimeSpan pause)
        where TJob : class, IScheduledJob =>
        services.AddSingleton<IHostedService>(provider => new JobLoop(
            typeof(TJob),
            pause,
            provider.GetRequiredService<JobRunner>()
        ));

    /// <summary>
    /// The same as a recurring job on the board, where it can also be triggered by hand. Time is
    /// measured as it passes, not by the wall clock, and from the end of a run: a long run is
    /// followed by one run, not by a burst.
    /// </summary>
    /// <param name="name">Its name on the board.</param>
    /// <param name="pause">From the end of a run to the next.</param>
    /// <param name="onlyWhen">
    /// False keeps a run that would find nothing to do off the board.
    /// </param>
    public void Every<TJob>(string name, TimeSpan pause, Func<IServiceProvider, bool>? onlyWhen = null)
        where TJob : class, IScheduledJob => _lines.Add(new ScheduledLine(name, typeof(TJob), pause, false, onlyWhen));

    /// <summary>
    /// The same for a job whose work cannot be undone: it is skipped while the time may be wrong.
    /// </summary>
    public void EveryWhenClockTrusted<TJob>(string name, TimeSpan pause)
        where TJob : class, IScheduledJob => _lines.Add(new ScheduledLine(name, typeof(TJob), pause, true, null));
}

/// <summary>A line of the timetable.</summary>
internal sealed record ScheduledLine(
    string Name,
    Type Job,
    TimeSpan Pause,
    bool NeedsTrustedClock,
    Func<IServiceProvider, bool>? OnlyWhen
)
{
    /// <summary>
    /// How often it runs, for the board: <c>every 10 s</c>, <c>every 1 min</c>, <c>every 1 h</c>.
    /// </summary>
    public string Every =>
        Pause switch
        {
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"every {Pause.TotalHours} h"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"every {Pause.TotalMinutes} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"every {Pause.TotalSeconds} s"),
        };
}
