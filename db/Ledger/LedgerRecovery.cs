using Campaigns.Db.Signatures;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Holds the database against the journal before anything is served. After a crash they agree;
/// after a backup was restored people who were erased, withdrew or asked to be shown less since are
/// obeyed again, and a ledger the world has seen more of is not continued.
/// </summary>
public sealed class LedgerRecovery(
    Database database,
    SignatureEncryption encryption,
    LedgerSealer sealer,
    SealingSuspensions suspensions,
    ILogger<LedgerRecovery> log
) : IHostedService
{
    /// <summary>Operators hang alarms on these; they stay (docs/operating.md).</summary>
    public static readonly EventId SealingStopped = new(3001, nameof(SealingStopped));
    public static readonly EventId ActsReplayed = new(3002, nameof(ActsReplayed));
    public static readonly EventId JournalTorn = new(3003, nameof(JournalTorn));

    private const int EntriesPerTransaction = 500;

    private const string Mark = "UPDATE campaigns SET ledger_behind = @behind WHERE id = @id";

    private const string SelectHeads = "SELECT campaign_id, size, root FROM ledger_heads WHERE size > 0";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var journal = database.Journal.Read();
        if (journal.Unreadable > 0)
            log.LogWarning(
                JournalTorn,
                "The journal has {Count} unreadable lines: writes that a crash cut off, and that were never answered.",
                journal.Unreadable
            );
        var stored = ReadHeads();
        var found = FindStops(journal.Heads, stored);
        suspensions.Set(found);
        foreach (var reason in suspensions.Reasons)
            log.LogError(SealingStopped, "{Reason}", reason);
        // First: what is forgotten in a campaign behind its ledger leaves word for the import.
        await MarkAsync(found.Keys, cancellationToken);
        await ReplayAsync(journal.Acts, cancellationToken);
        await RememberAsync(journal.Heads, stored, cancellationToken);
        await sealer.PublishHeadsAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MarkAsync(IReadOnlyCollection<long> behind, CancellationToken cancellation)
    {
        List<(long Id, long Behind)> changes;
        using (var connection = database.Read())
        {
            // A campaign that was made after the backup is not here to be marked. Where other processes have other
            // journals, those may remember more than this one.
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

    private async Task ReplayAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        var again = 0;
        foreach (var some in entries.Chunk(EntriesPerTransaction))
        {
            var open = FindPending(some);
            if (open.Count == 0)
                continue;
            again += await database.Writes.RunAsync(
                write => SignatureTransitions.ReplayPending(write, open, database.Keys.BlindIndex, encryption),
                cancellation
            );
        }
        if (again > 0)
            log.LogWarning(
                ActsReplayed,
                "{Count} acts of people that the journal remembers and the database did not (erased, withdrawn, shown less) are carried out again.",
                again
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

    private Dictionary<long, string> FindStops(
        IReadOnlyList<JournalHead> journal,
        Dictionary<(long Campaign, long Size), JournalHead> stored
    )
    {
        var found = new Dictionary<long, string>();
        using var connection = database.Read();
        foreach (var head in journal.OrderByDescending(head => head.Size))
        {
            if (
                found.ContainsKey(head.CampaignId)
                || (stored.TryGetValue((head.CampaignId, head.Size), out var known) && known.Root == head.Root)
            )
                continue;
            var slug = connection.QuerySingleOrDefault<string>(
                "SELECT slug FROM campaigns WHERE id = @CampaignId",
                new { head.CampaignId }
            );
            found[head.CampaignId] =
                $"Sealing of campaign {slug ?? Ids.Text(head.CampaignId)} is stopped: the world has seen its ledger with {head.Size} entries, and this database does not hold them. "
                + "An older database was restored: import the published lines (ledger import, docs/operating.md).";
        }
        return found;
    }

    /// <summary>
    /// A journal that was lost, or restored from before, learns the newest heads anew.
    /// </summary>
    private async Task RememberAsync(
        IReadOnlyList<JournalHead> journal,
        Dictionary<(long Campaign, long Size), JournalHead> stored,
        CancellationToken cancellation
    )
    {
        var remembered = journal.Select(head => (head.CampaignId, head.Size)).ToHashSet();
        var forgotten = stored
            .Values.GroupBy(head => head.CampaignId)
            .Select(heads => heads.MaxBy(head => head.Size)!)
            .Where(head => !remembered.Contains((head.CampaignId, head.Size)) && !suspensions.Has(head.CampaignId))
            .ToList();
        if (forgotten.Count == 0)
            return;
        await database.Writes.RunAsync(
            write =>
            {
                database.Journal.AppendHeads(forgotten, write.Now);
                return true;
            },
            cancellation
        );
    }
}
