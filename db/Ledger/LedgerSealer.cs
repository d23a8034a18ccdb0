using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Ledger;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Turns queued entries into lines, tiles and a signed head in one transaction, and publishes heads
/// once the journal has them. The sealer decrypts nothing, because signing computed the commitment.
/// </summary>
public sealed class LedgerSealer(
    Database database,
    LedgerStore ledger,
    SealingSuspensions suspensions,
    ILogger<LedgerSealer> log
)
{
    /// <summary>Operators base alarms on this id: do not change it (docs/operating.md).</summary>
    public static readonly EventId EntriesDamaged = new(3006, nameof(EntriesDamaged));

    /// <summary>
    /// Entries of one batch. A batch delays signing requests, because they share the writer.
    /// </summary>
    public const int Slice = 1_000;

    private const string Damaged = "damaged";

    // SKIP LOCKED: rows locked by a withdrawal are skipped; the withdrawal deletes their queue entry.
    private const string SelectWaiting = $$"""
        {{QueuedEntry.Select}} WHERE q.campaign_id = @campaignId AND q.state = 'waiting'
        ORDER BY q.id LIMIT @limit {for_update_skip_locked q}
        """;

    // SKIP LOCKED: one process locks the campaign and seals; the others find no row.
    private const string FindCampaign = """
        SELECT slug, sensitive, ledger_size, ledger_behind FROM campaigns
        WHERE id = @campaignId {for_no_key_update_skip_locked}
        """;

    private const string FindHead =
        "SELECT counts, sealed_at FROM ledger_heads WHERE campaign_id = @campaignId AND size = @size";

    private const string InsertLine = """
        INSERT INTO ledger_entries (campaign_id, n, kind, country, line, text_hash, signature_id)
        VALUES (@campaignId, @n, @kind, @country, @line, @textHash, @signatureId)
        """;

    private const string LinkSignatures = """
        UPDATE signatures SET ledger_n = entry.n FROM ledger_entries AS entry
        WHERE entry.campaign_id = @campaignId AND entry.n >= @first
          AND signatures.campaign_id = @campaignId AND signatures.id = entry.signature_id
        """;

    internal const string LinkRemoved = """
        UPDATE ledger_entries SET removed = 1, removed_by = @n
        WHERE campaign_id = @campaignId AND n = @of AND kind = 'add' AND removed_by IS NULL
        """;

    private const string StoreTile = """
        INSERT INTO ledger_tiles (campaign_id, level, tile, hashes) VALUES (@campaignId, @level, @tile, @hashes)
        ON CONFLICT (campaign_id, level, tile) DO UPDATE SET hashes = excluded.hashes
        """;

    private const string GrowLedger = "UPDATE campaigns SET ledger_size = @size WHERE id = @campaignId";

    private const string DeleteSealed = "DELETE FROM ledger_queue {batch} WHERE campaign_id = @campaignId AND id = @id";

    private const string Unpublished = """
        SELECT campaign_id, size, root FROM ledger_heads WHERE journaled = 0 ORDER BY campaign_id, size
        """;

    private const string Publish =
        "UPDATE ledger_heads SET journaled = 1 WHERE campaign_id = @CampaignId AND size = @Size";

    private HashSet<long> _behind = [];

    /// <summary>
    /// Campaigns with a batch due by <see cref="LedgerOptions"/>, without those whose sealing is
    /// stopped. Logs campaigns stopped by other processes; logs quarantined entries and reports
    /// them to <see cref="SealingSuspensions"/>.
    /// </summary>
    public IReadOnlyList<long> FindDue(LedgerOptions options, DateTimeOffset now)
    {
        var behind = ledger.FindBehind().Where(campaign => !suspensions.Has(campaign.Id)).ToList();
        foreach (var (_, slug) in behind.Where(campaign => !_behind.Contains(campaign.Id)))
            log.LogError(LedgerRecovery.SealingStopped, "{Reason}", SealingSuspensions.StoppedByOtherProcess(slug));
        _behind = [.. behind.Select(campaign => campaign.Id)];
        using var connection = database.Read();
        var waiting = WaitingEntries.Read(connection);
        foreach (
            var (campaignId, entries) in suspensions.SetDamaged(
                waiting.Where(row => row.State == Damaged).ToDictionary(row => row.CampaignId, row => row.Count)
            )
        )
            log.LogError(
                EntriesDamaged,
                "{Count} entries of campaign {Campaign} are damaged and not sealed",
                entries,
                campaignId
            );
        return
        [
            .. waiting
                .Where(row =>
                    row.State != Damaged
                    && row.IsDue(options, now)
                    && !suspensions.Has(row.CampaignId)
                    && !_behind.Contains(row.CampaignId)
                )
                .Select(row => row.CampaignId),
        ];
    }

    /// <summary>
    /// Seals the oldest entries of a campaign, about <see cref="Slice"/> at most. A remainder below
    /// <paramref name="minBatch"/> is included, because a small batch would reveal its signers'
    /// times. If entries are damaged, it only quarantines those, and the caller checks again
    /// whether a batch is due. True if more may be due. The head is not served yet.
    /// </summary>
    public Task<bool> SealAsync(long campaignId, int minBatch, CancellationToken cancellation) =>
        database.Writes.RunAsync(write => Seal(write, campaignId, minBatch), cancellation);

    /// <summary>
    /// Writes every new committed head to the journal and then allows serving it. The journal must
    /// have every published head, because a backup may replace the database. Repeatable.
    /// </summary>
    public async Task PublishHeadsAsync(CancellationToken cancellation)
    {
        List<JournalHead> heads;
        using (var connection = database.Read())
            heads = [.. connection.Query<JournalHead>(Unpublished).Where(head => !suspensions.Has(head.CampaignId))];
        if (heads.Count == 0)
            return;
        // After a crash a PostgreSQL primary can show commits that its standby never received. Once a later commit
        // succeeds, the standby has them.
        if (database.CacheLifetime is not null)
            await database.ProbeAsync(cancellation);
        await database.Writes.RunAsync(
            write =>
            {
                write.Journal(heads);
                ledger.InvalidateHead(write, heads);
                return write.Connection.Execute(Publish, heads.Select(head => new { head.CampaignId, head.Size }));
            },
            cancellation
        );
    }

    private bool Seal(WriteTransaction write, long campaignId, int minBatch)
    {
        // A campaign behind its published ledger is not sealed before the import, which also resolves the unresolved
        // removals.
        if (
            write.Connection.QuerySingleOrDefault<CampaignRow>(write.Sql(FindCampaign), new { campaignId })
            is not { LedgerBehind: 0 } campaign
        )
            return false;
        var rows = write
            .Connection.Query<QueuedEntry>(write.Sql(SelectWaiting), new { campaignId, limit = Slice + minBatch })
            .ToArray();
        if (rows.Length == 0)
            return false;
        // An unprovable line must not be published. The rest may now be too few for a batch, so it is not sealed here.
        if (QuarantinedEntries.Quarantine(write, rows))
            return true;
        write.MarkCountsChanged(campaignId);
        var full = rows.Length == Slice + minBatch;
        if (full)
            rows = rows[..Slice];
        RandomNumberGenerator.Shuffle(rows.AsSpan());

        var head = write.Connection.QuerySingle<HeadRow>(FindHead, new { campaignId, size = campaign.LedgerSize });
        var counts = TreeHead.ReadCounts(head.Counts).ToDictionary();
        var lines = Lines(write, campaignId, campaign.LedgerSize, rows);
        foreach (var line in lines)
            counts[line.Country] = counts.GetValueOrDefault(line.Country) + (line.Of is null ? 1 : -1);

        if (lines.Count > 0)
        {
            var size = campaign.LedgerSize + lines.Count;
            var root = Grow(write, campaignId, campaign.LedgerSize, lines);
            ledger.WriteHead(
                write,
                campaignId,
                new TreeHead(
                    campaign.Slug,
                    size,
                    Convert.ToHexStringLower(root),
                    SealedAt(campaign.Sensitive, head.SealedAt, write.Now),
                    counts
                )
            );
            write.Connection.Execute(GrowLedger, new { campaignId, size });
            UnresolvedRemovals.Drop(write, campaignId);
        }
        foreach (var row in rows)
            write.Prepare(DeleteSealed).Set("@campaignId", campaignId).Set("@id", row.Id).Defer();
        return full;
    }

    // The minute would tell when the last of the batch signed. The head before has its minute when the campaign became
    // sensitive after it.
    private static DateTimeOffset SealedAt(bool sensitive, DateTimeOffset before, DateTimeOffset now) =>
        sensitive ? new[] { before, now.FullHour() }.Max() : now;

    private static List<LedgerLine> Lines(WriteTransaction write, long campaignId, long first, QueuedEntry[] rows)
    {
        var lines = new List<LedgerLine>(rows.Length);
        var adds = new List<(LedgerLine Line, QueuedEntry Row)>(rows.Length);
        foreach (var row in rows)
        {
            var n = first + lines.Count;
            if (row.Kind == LedgerLine.Add)
            {
                adds.Add((LedgerLine.OfAdd(n, row.Country, row.Commitment!), row));
                lines.Add(adds[^1].Line);
            }
            // LinkRemoved updates no row if the add is already removed, so an add gets at most one remove line.
            else if (
                write.Prepare(LinkRemoved).Set("@campaignId", campaignId).Set("@n", n).Set("@of", row.OfN).Run() == 1
            )
            {
                lines.Add(LedgerLine.OfRemove(n, row.OfN!.Value, row.Country, row.Reason!));
                Insert(write, campaignId, lines[^1], LedgerLine.Remove, row);
            }
        }
        foreach (var (line, row) in adds)
            Insert(write, campaignId, line, LedgerLine.Add, row);
        write.Connection.Execute(LinkSignatures, new { campaignId, first });
        return lines;
    }

    private static void Insert(
        WriteTransaction write,
        long campaignId,
        LedgerLine line,
        string kind,
        QueuedEntry row
    ) =>
        write
            .Prepare(InsertLine)
            .Set("@campaignId", campaignId)
            .Set("@n", line.N)
            .Set("@kind", kind)
            .Set("@country", row.Country)
            .Set("@line", line.Text)
            .Set("@textHash", row.TextHash)
            .Set("@signatureId", row.SignatureId)
            .Defer();

    /// <summary>
    /// Appends the hashes of these lines after the first <paramref name="size"/> lines; returns the
    /// root of all lines.
    /// </summary>
    internal static byte[] Grow(WriteTransaction write, long campaignId, long size, List<LedgerLine> lines)
    {
        var tiles = LedgerStore.Tiles(write.Connection, campaignId);
        foreach (var line in lines)
            tiles.Append(line.N, line.LeafHash());
        foreach (var (level, tile, hashes) in tiles.Changed)
            write
                .Prepare(StoreTile)
                .Set("@campaignId", campaignId)
                .Set("@level", level)
                .Set("@tile", tile)
                .Set("@hashes", hashes)
                .Defer();
        return MerkleTree.Root(size + lines.Count, tiles.Node);
    }

    private sealed class CampaignRow
    {
        public required string Slug { get; init; }
        public required bool Sensitive { get; init; }
        public required long LedgerSize { get; init; }
        public required long LedgerBehind { get; init; }
    }

    private sealed class HeadRow
    {
        public required string Counts { get; init; }
        public required DateTimeOffset SealedAt { get; init; }
    }
}
