using System.Diagnostics;
using Campaigns.Db.Files;
using Campaigns.Db.Journals;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine;

/// <summary>
/// Commits batches for the <see cref="WriteQueue"/>. A work item that throws fails alone: its batch
/// is rolled back and run again without it. When the database fails, the whole batch fails.
/// </summary>
/// <param name="dialect">The database.</param>
/// <param name="writer">Supplies the connection, the ids and the writer number.</param>
/// <param name="journal">Receives the journal lines of a batch before its commit.</param>
/// <param name="keys">The keys, which every batch checks against the database.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Logs database failures.</param>
/// <param name="committed">Called after each commit, before its callers get their results. Must not
/// throw.</param>
internal sealed class BatchCommitter(
    Dialect dialect,
    WriterSession writer,
    Journal journal,
    KeyRing keys,
    TimeProvider time,
    ILogger log,
    Action<WriteTransaction> committed
)
{
    private const int MaxRuns = 5;

    private long _failedAt = long.MinValue;

    /// <summary>True when the database failed and has not committed a batch since.</summary>
    public bool IsFailing { get; private set; }

    /// <inheritdoc cref="WriteQueue.FailedWithin"/>
    public bool FailedWithin(TimeSpan period) =>
        Volatile.Read(ref _failedAt) is var at
        && at != long.MinValue
        && Environment.TickCount64 - at < period.TotalMilliseconds;

    /// <summary>
    /// Commits the batch. If one item throws, the others are run again without it. If another one
    /// throws too, each item is committed individually, so that bad items cost the others at most
    /// one commit each. When the database fails, all items fail: retrying each of a thousand on a
    /// full disk would only delay every caller.
    /// </summary>
    public void Commit(List<WorkItem> batch)
    {
        var groups = batch
            .GroupBy(work => work.Kind, ReferenceEqualityComparer.Instance)
            .Select(group => group.ToList())
            .ToList();
        if (TryCommit(groups) is not { } failed)
            return;
        // Running each item individually finds the one of several that throws.
        if (failed.Count > 1)
        {
            failed = TryCommit(InGroupsOfOne(batch));
            if (failed is null)
                return;
        }
        var rest = Unreported(batch, failed);
        // A deferred statement fails at the commit. Only committing each item individually finds its item.
        if (failed.Count == 1)
        {
            if (rest.Count == 0 || TryCommit(InGroupsOfOne(rest)) is not { } second)
                return;
            rest = Unreported(rest, second);
        }
        foreach (var work in rest)
            TryCommit([
                [work],
            ]);
    }

    // When several items may have failed, none has its result yet.
    private static List<WorkItem> Unreported(List<WorkItem> batch, List<WorkItem> failed) =>
        failed.Count > 1 ? batch : [.. batch.Except(failed)];

    private static List<List<WorkItem>> InGroupsOfOne(IEnumerable<WorkItem> batch) =>
        [.. batch.Select(work => (List<WorkItem>)[work])];

    /// <summary>
    /// Returns null when every item got its result. Otherwise nothing was written, and one of the
    /// returned items threw. If there is only one, it got its exception.
    /// </summary>
    private List<WorkItem>? TryCommit(List<List<WorkItem>> groups)
    {
        for (var run = 1; ; run++)
        {
            List<WorkItem>? running = null;
            try
            {
                committed(RunTransaction(groups, ref running));
                IsFailing = false;
                foreach (var work in groups.SelectMany(group => group))
                    work.Succeed();
                return null;
            }
            catch (Exception error)
            {
                // Nothing was written. Run again if the cause is gone.
                var cause = error;
                if (run < MaxRuns && TryRecover(ref cause))
                    continue;
                if (!IsDatabaseFailure(cause))
                {
                    // A deferred statement reports its error when it runs, which may be at the end.
                    var suspects = running ?? [.. groups.SelectMany(group => group)];
                    if (suspects.Count == 1)
                        suspects[0].Fail(error);
                    return suspects;
                }
                FailAll(groups, cause);
                return null;
            }
        }
    }

    private void FailAll(List<List<WorkItem>> groups, Exception error)
    {
        IsFailing = true;
        Volatile.Write(ref _failedAt, Environment.TickCount64);
        var all = groups.SelectMany(group => group).ToList();
        // These messages are for the operator; other exceptions may quote a row.
        var reason = error is FencedException or KeysRefusedException or StartRefusedException
            ? error.Message
            : error.GetType().Name;
        log.LogError(
            WriteQueue.StorageFailed,
            "The database could not write {Count} work items: {Reason}",
            all.Count,
            reason
        );
        foreach (var work in all)
            work.Fail(new StorageException(error));
    }

    private bool IsDatabaseFailure(Exception error) =>
        error
            is FencedException
                or KeysRotatedException
                or KeysRefusedException
                or WriterLeaseLostException
                or StartRefusedException
        || dialect.IsDatabaseFailure(error);

    /// <summary>
    /// Removes the cause of the error and returns true if the batch can run again. If that fails,
    /// <paramref name="error"/> becomes the new error.
    /// </summary>
    private bool TryRecover(ref Exception error)
    {
        try
        {
            if (error is not KeysRotatedException)
                return writer.TryRecover(error);
            keys.RefreshForWrites();
            return true;
        }
        catch (Exception failure) when (IsDatabaseFailure(failure))
        {
            error = failure;
            return false;
        }
    }

    private WriteTransaction RunTransaction(List<List<WorkItem>> groups, ref List<WorkItem>? running)
    {
        writer.Acquire();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var transaction = new WriteTransaction(writer, dialect, time.UtcNow());
            writer.Begin(new BatchPreconditions(keys.State));
            foreach (var group in groups)
            {
                running = group;
                group[0].Run(transaction, group);
                // Flush, so that an error of a deferred statement is assigned to its item.
                if (group.Count == 1 && groups.Count > 1)
                    writer.Flush();
            }
            running = null;
            transaction.FlushCounters();
            // The journal first: a crash in between leaves it with more than the database names, never with less.
            using var appended = journal.Append(transaction.JournalLines);
            if (appended is not null)
                JournalRegister.Store(transaction, appended.Position);
            writer.Commit();
            Measure(transaction, groups, begun);
            return transaction;
        }
        catch (Exception)
        {
            writer.Discard();
            throw;
        }
        finally
        {
            writer.Release();
        }
    }

    private static void Measure(WriteTransaction transaction, List<List<WorkItem>> groups, long begun)
    {
        if (EngineMeasures.CommitDuration.Enabled)
            EngineMeasures.CommitDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        if (EngineMeasures.CommitBatch.Enabled)
            EngineMeasures.CommitBatch.Record(groups.Sum(group => group.Count));
        transaction.Measure();
    }
}
