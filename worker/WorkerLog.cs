using Microsoft.Extensions.Logging;

namespace Campaigns.Worker;

/// <summary>What the worker logs, with event ids that stay: operators hang alarms on them (docs/operating.md).</summary>
internal static class WorkerLog
{
    public static readonly EventId JobFailedEvent = new(4001, "JobFailed");

    /// <summary>
    /// Types and stack only: messages of exceptions may quote what they choked on, and what a worker chokes on are people's data.
    /// </summary>
    public static void JobFailed(this ILogger log, string job, Exception exception) =>
        log.LogError(JobFailedEvent, "{Job} failed with {Exceptions}\n{Stack}", job, Types(exception), exception.StackTrace);

    private static string Types(Exception exception) => exception.InnerException is { } inner
        ? $"{exception.GetType().Name} < {Types(inner)}"
        : exception.GetType().Name;
}
