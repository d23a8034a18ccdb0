using System.Globalization;

namespace Campaigns.Worker.Jobs;

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
