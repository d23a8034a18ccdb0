using Campaigns.Db.Files;
using Campaigns.Db.Handovers;
using Campaigns.Db.Journals;
using Campaigns.Db.Sendings;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Compares the database with the journal before the process serves requests. After a crash they
/// agree. After a restored backup it repeats what people and staff ended since, and suspends the
/// sealing of a ledger that was published further.
/// </summary>
public sealed class LedgerRecovery(
    Database database,
    SignatureEncryption encryption,
    SignerSubscriptions subscriptions,
    LedgerSealer sealer,
    SealingSuspensions suspensions,
    JournalStore lost,
    ILogger<LedgerRecovery> log
)
{
    /// <summary>
    /// Operators base alarms on these ids: do not change them (docs/operating.md).
    /// </summary>
    public static readonly EventId SealingStopped = new(3001, nameof(SealingStopped));
    public static readonly EventId ActsReplayed = new(3002, nameof(ActsReplayed));
    public static readonly EventId JournalTorn = new(3003, nameof(JournalTorn));

    private const int EntriesPerTransaction = 500;

    private const string Mark = "UPDATE campaigns SET ledger_behind = @behind WHERE id = @id";

    private const string SelectHeads = "SELECT campaign_id, size, root FROM ledger_heads WHERE size > 0";

    /// <summary>Ends once database and journal agree and published heads are complete.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        lost.ReportLoss(log);
        var journal = database.Journal.Read();
        if (journal.Unreadable > 0)
            log.LogWarning(
                JournalTorn,
                "The journal has {Count} unreadable lines: a crash cut these writes off, and no caller got a result.",
                journal.Unreadable
            );
        var stored = ReadHeads();
        var suspended = FindSuspensions(journal.Heads, stored);
        suspensions.Set(suspended);
        foreach (var reason in suspensions.Reasons)
            log.LogError(SealingStopped, "{Reason}", reason);
        // Marked before the replay: an erasure in a campaign behind its ledger leaves an unresolved removal.
        await MarkAsync(suspended.Keys, cancellationToken);
        await ReplayAsync(journal, cancellationToken);
        await CompleteJournalAsync(journal, stored, cancellationToken);
        await sealer.PublishHeadsAsync(cancellationToken);
    }

    private async Task MarkAsync(IReadOnlyCollection<long> behind, CancellationToken cancellation)
    {
        List<(long Id, long Behind)> changes;
        using (var connection = database.Read())
        {
            // Only one process with one journal clears the mark: another process's journal may have newer heads.
            // Campaigns created after the backup are not in this table.
            changes =
            [
                .. connection
                    .Query<(long Id, long Behind)>("SELECT id, ledger_behind FROM campaigns ORDER BY id")
                    .Where(row =>
                        row.Behind == 0
                            ? behind.Contains(row.Id)
                            : !behind.Contains(row.Id) && database.CacheLifetime is null
                    ),
            ];
        }
        if (changes.Count == 0)
            return;
        await database.Writes.RunAsync(
            write =>
                write.Connection.Execute(Mark, changes.Select(row => new { id = row.Id, behind = 1 - row.Behind })),
            cancellation
        );
    }

    private async Task ReplayAsync(JournalReplay journal, CancellationToken cancellation)
    {
        var replayed =
            await EndedAccess.ReplayAsync(database, journal.Revocations, cancellation)
            + await ErasedHandovers.ReplayAsync(database, journal.Erasures, cancellation)
            + await EndedSubscriptions.ReplayAsync(database, journal.Unsubscriptions, cancellation)
            + await RestoredSendings.ReplayAsync(database, journal.SentUpdates, cancellation);
        foreach (var chunk in BulkInvalidation.WithoutUndone(journal.Acts).Chunk(EntriesPerTransaction))
        {
            var pending = FindPending(chunk);
            if (pending.Count == 0)
                continue;
            replayed += await database.Writes.RunAsync(
                write =>
                    SignatureTransitions.ReplayPending(
                        write,
                        pending,
                        database.Keys.BlindIndex,
                        encryption,
                        subscriptions
                    ),
                cancellation
            );
        }
        if (replayed > 0)
            log.LogWarning(
                ActsReplayed,
                "{Count} changes of the journal were missing in the database and were replayed "
                    + "(what people ended: data, signatures, links, updates; access of staff; "
                    + "hand-overs and evidence).",
                replayed
            );
    }

    private List<JournalEntry> FindPending(JournalEntry[] entries)
    {
        using var connection = database.Read();
        var rows = entries
            .GroupBy(entry => entry.CampaignId, entry => entry.SignatureId)
            .SelectMany(signatures => SignatureRow.FindAll(connection, signatures.Key, [.. signatures.Distinct()]))
            .ToDictionary(row => (row.CampaignId, row.Id));
        return
        [
            .. entries.Where(entry =>
                rows.TryGetValue((entry.CampaignId, entry.SignatureId), out var row)
                && SignatureTransitions.IsPending(row, entry)
            ),
        ];
    }

    private Dictionary<(long Campaign, long Size), JournalHead> ReadHeads()
    {
        using var connection = database.Read();
        return connection.Query<JournalHead>(SelectHeads).ToDictionary(head => (head.CampaignId, head.Size));
    }

    private Dictionary<long, string> FindSuspensions(
        IReadOnlyList<JournalHead> journal,
        Dictionary<(long Campaign, long Size), JournalHead> stored
    )
    {
        var suspended = new Dictionary<long, string>();
        using var connection = database.Read();
        foreach (var head in journal.OrderByDescending(head => head.Size))
        {
            if (
                suspended.ContainsKey(head.CampaignId)
                || (stored.TryGetValue((head.CampaignId, head.Size), out var known) && known.Root == head.Root)
            )
                continue;
            var slug = connection.QuerySingleOrDefault<string>(
                "SELECT slug FROM campaigns WHERE id = @CampaignId",
                new { head.CampaignId }
            );
            suspended[head.CampaignId] =
                $"Sealing of campaign {slug ?? Ids.Text(head.CampaignId)} is stopped: its ledger was published with "
                + $"{head.Size} entries, and this database does not have them. "
                + "An older database was restored: import the published lines (ledger import, docs/operating.md).";
        }
        return suspended;
    }

    /// <summary>
    /// Writes the newest heads and the ended access of staff to a journal that was lost or restored
    /// from an older copy, and what versions before wrote to no journal.
    /// </summary>
    private async Task CompleteJournalAsync(
        JournalReplay journal,
        Dictionary<(long Campaign, long Size), JournalHead> stored,
        CancellationToken cancellation
    )
    {
        var recorded = journal.Heads.Select(head => (head.CampaignId, head.Size)).ToHashSet();
        var missing = stored
            .Values.GroupBy(head => head.CampaignId)
            .Select(heads => heads.MaxBy(head => head.Size)!)
            .Where(head => !recorded.Contains((head.CampaignId, head.Size)) && !suspensions.Has(head.CampaignId))
            .ToList();
        var unrecorded = EndedAccess.FindUnrecorded(database, journal.Revocations);
        var erased = ErasedHandovers.FindUnrecorded(database, journal.Erasures);
        if (missing.Count + unrecorded.Count + erased.Count == 0)
            return;
        await database.Writes.RunAsync(
            write =>
            {
                write.Journal(missing);
                foreach (var revocation in unrecorded)
                    write.Journal(revocation);
                foreach (var erasure in erased)
                    write.Journal(erasure);
                return true;
            },
            cancellation
        );
    }
}
