using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>Collects the lines of a timetable.</summary>
internal sealed class ScheduleBuilder(IServiceCollection services)
{
    private readonly List<ScheduledLine> _lines = [];
    private readonly List<ScheduledLoop> _loops = [];

    public IReadOnlyList<ScheduledLine> Lines => _lines;

    public IReadOnlyList<ScheduledLoop> Loops => _loops;

    /// <summary>
    /// Runs a job at the start of the process, and again after a pause from the end of each run.
    /// </summary>
    public void Loop<TJob>(TimeSpan pause)
        where TJob : class, IScheduledJob
    {
        _loops.Add(new ScheduledLoop(typeof(TJob), pause));
        services.AddSingleton<IHostedService>(provider => new JobLoop(
            typeof(TJob),
            pause,
            provider.GetRequiredService<JobRunner>()
        ));
    }

    /// <summary>
    /// The same as a recurring job on the board, where staff can also trigger it. The pause is
    /// measured with the monotonic clock from the end of a run, so one run follows a long run, not
    /// a burst.
    /// </summary>
    /// <param name="name">Its name on the board.</param>
    /// <param name="pause">From the end of a run to the next.</param>
    /// <param name="onlyWhen">
    /// When it returns false, no run is put on the board, because the run would find no work.
    /// </param>
    public void Every<TJob>(string name, TimeSpan pause, Func<IServiceProvider, bool>? onlyWhen = null)
        where TJob : class, IScheduledJob => _lines.Add(new ScheduledLine(name, typeof(TJob), pause, false, onlyWhen));

    /// <summary>
    /// The same for a job whose work cannot be undone; skipped while the clock is not trusted.
    /// </summary>
    public void EveryWhenClockTrusted<TJob>(string name, TimeSpan pause)
        where TJob : class, IScheduledJob => _lines.Add(new ScheduledLine(name, typeof(TJob), pause, true, null));
}
