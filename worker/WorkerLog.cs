using System.Data.Common;
using Campaigns.Db.Packets;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker;

/// <summary>
/// The log events of the worker. Event ids never change, because operators' alarms use them
/// (docs/operating.md).
/// </summary>
internal static class WorkerLog
{
    public static readonly EventId JobFailedEvent = new(4001, "JobFailed");

    /// <summary>
    /// Logs types and stack only, because exception messages may quote personal data.
    /// </summary>
    public static void JobFailed(this ILogger log, string job, Exception exception) =>
        log.LogError(
            JobFailedEvent,
            "{Job} failed with {Exceptions}\n{Stack}",
            job,
            Types(exception),
            exception.StackTrace
        );

    public static readonly EventId MailServerUnavailableEvent = new(4002, "MailServerUnavailable");

    /// <param name="reason">A status or a fixed word; never the server's text.</param>
    public static void MailServerUnavailable(this ILogger log, string reason) =>
        log.LogWarning(MailServerUnavailableEvent, "The mail server accepts no letters now: {Reason}", reason);

    public static readonly EventId PacketBuiltEvent = new(4010, "PacketBuilt");

    public static void PacketBuilt(
        this ILogger log,
        long packet,
        PublishResult published,
        long lines,
        long milliseconds
    ) =>
        log.LogInformation(
            PacketBuiltEvent,
            "Packet {Packet}: {Published}, {Lines} lines in {Milliseconds} ms",
            packet,
            published,
            lines,
            milliseconds
        );

    public static readonly EventId TimestampFailedEvent = new(4007, "TimestampFailed");

    public static void TimestampFailed(this ILogger log) =>
        log.LogWarning(TimestampFailedEvent, "The server for time-stamps gave none; the packet has no time-stamp");

    public static readonly EventId CountsDriftedEvent = new(4003, "CountsDrifted");

    public static void CountsDrifted(this ILogger log, long campaignId, long drift) =>
        log.LogError(
            CountsDriftedEvent,
            "The counters or the ledger of campaign {Campaign} differ from its rows by {Drift}",
            campaignId,
            drift
        );

    public static readonly EventId JobStorageFailedEvent = new(4005, "JobStorageFailed");

    public static void JobStorageFailed(this ILogger log, Exception exception) =>
        log.LogError(JobStorageFailedEvent, "The job board's storage cannot be used: {Exceptions}", Types(exception));

    public static readonly EventId BackupFailedEvent = new(4008, "BackupFailed");

    public static void BackupFailed(this ILogger log, string exceptions) =>
        log.LogError(BackupFailedEvent, "A scheduled backup was not made: {Exceptions}", exceptions);

    public static readonly EventId JobBoardWarnedEvent = new(4006, "JobBoardWarned");

    /// <param name="log">The logger.</param>
    /// <param name="message">A sentence that names jobs and servers by id, or the name of the
    /// logger.</param>
    /// <param name="exceptions">Types of exceptions; empty if there are none.</param>
    public static void JobBoardWarned(this ILogger log, string message, string exceptions) =>
        log.LogWarning(JobBoardWarnedEvent, "{Message} {Exceptions}", message, exceptions);

    public static readonly EventId ClockDoubtedEvent = new(4004, "ClockDoubted");

    public static void ClockDoubted(this ILogger log, string sentence) =>
        log.LogError(ClockDoubtedEvent, "{Sentence}", sentence);

    public static readonly EventId ClockBelievedEvent = new(4014, "ClockBelieved");

    public static void ClockBelieved(this ILogger log, DateTimeOffset now) =>
        log.LogInformation(ClockBelievedEvent, "The machine's clock is trusted again: {Now}", Instant.Text(now));

    public static readonly EventId BroughtBackEvent = new(4015, "BroughtBack");

    public static void BroughtBack(this ILogger log, int rows) =>
        log.LogWarning(
            BroughtBackEvent,
            "{Rows} rows had future dates from a clock that was ahead; the dates were reset",
            rows
        );

    public static readonly EventId KeyNotReadEvent = new(5001, "KeyNotRead");

    /// <param name="sentence">Names a key file and its fault.</param>
    public static void KeyNotRead(this ILogger log, string sentence) =>
        log.LogError(KeyNotReadEvent, "A rotated key is not in use yet: {Sentence}", sentence);

    public static readonly EventId PendingReencryptionEvent = new(5002, "NotReSealed");

    public static void PendingReencryption(this ILogger log, int rows, int root, int index) =>
        log.LogError(
            PendingReencryptionEvent,
            "{Rows} rows decrypt with no known key and could not be reencrypted with root-{Root} and index-{Index}",
            rows,
            root,
            index
        );

    public static readonly EventId ReencryptedEvent = new(5010, "ReSealed");

    public static void Reencrypted(this ILogger log, int rows, int root, int index) =>
        log.LogInformation(
            ReencryptedEvent,
            "{Rows} rows reencrypted with root-{Root} and index-{Index}",
            rows,
            root,
            index
        );

    /// <summary>The types of an exception and of its causes; never their messages.</summary>
    public static string Types(Exception exception)
    {
        // A database error also shows its code, which is not personal data.
        var type = exception is DbException { SqlState: { } state }
            ? $"{exception.GetType().Name} {state}"
            : exception.GetType().Name;
        return exception.InnerException is { } inner ? $"{type} < {Types(inner)}" : type;
    }
}
