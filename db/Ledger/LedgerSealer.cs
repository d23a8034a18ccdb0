using System.Security.Cryptography;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Turns what is queued into lines, tiles and a signed head, all in one transaction, and publishes
/// heads once the journal has them. It never decrypts: a commitment was computed when its signer
/// signed.
/// </summary>
public sealed class LedgerSealer(
    Database database,
    LedgerStore ledger,
    SealingSuspensions suspensions,
    ILogger<LedgerSealer> log
)
{
    /// <summary>Operators hang alarms on it; it stays (docs/operating.md).</summary>
    public static readonly EventId EntriesDamaged = new(3006, nameof(EntriesDamaged));

    /// <summary>
    /// A batch shares the writer with people who are signing; this many entries keep their wait
    /// short.
    /// </summary>
    public const int Slice = 1_000;

    private const string Damaged = "damaged";

    private const string Waiting = """
        SELECT campaign_id, state, count(*) AS entries, min(queued_at) AS oldest FROM ledger_queue
        WHERE state <> 'owed' GROUP BY campaign_id, state ORDER BY campaign_id
        """;

    // Whoever is being taken back at this moment is passed over: their entry goes with them.
    private const string SelectWaiting =
        $"{QueuedEntry.Select} WHERE q.campaign_id = @campaignId AND q.state = 'waiting' ORDER BY q.id LIMIT @most {{for_update_skip_locked q}}";

    // Whoever holds the row seals; others find nothing to do.
    private const string FindCampaign =
        "SELECT slug, ledger_size, ledger_behind FROM campaigns WHERE id = @campaignId {for_no_key_update_skip_locked}";

    private const string FindCounts =
        "SELECT counts FROM ledger_heads WHERE campaign_id = @campaignId AND size = @size";

    private const string InsertLine = """
        INSERT INTO ledger_entries (campaign_id, n, kind, country, line, text_hash, signature_id)
        VALUES (@campaignId, @n, @kind, @country, @line, @textHash, @signatureId)
        """;

    private const string LinkSignatures = """
        UPDATE signatures SET ledger_n = entry.n FROM ledger_entries AS entry
        WHERE entry.campaign_id = @campaignId AND entry.n >= @first AND signatures.campaign_id = @campaignId AND signatures.id = entry.signature_id
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
    /// Campaigns with a batch that is due, by the numbers of <see cref="LedgerOptions"/>; without
    /// those whose sealing is stopped. Says in the log what other processes stopped, and there and
    /// to <see cref="SealingSuspensions"/> what stands aside as damaged.
    /// </summary>
    public IReadOnlyList<long> FindDue(LedgerOptions options, DateTimeOffset now)
    {
        var behind = ledger.FindBehind().Where(campaign => !suspensions.Has(campaign.Id)).ToList();
        foreach (var (_, slug) in behind.Where(campaign => !_behind.Contains(campaign.Id)))
            log.LogError(LedgerRecovery.SealingStopped, "{Reason}", SealingSuspensions.StoppedByOtherProcess(slug));
        _behind = [.. behind.Select(campaign => campaign.Id)];
        using var connection = database.Read();
        var waiting = connection.Query<WaitingRow>(Waiting).ToList();
        foreach (
            var (campaignId, entries) in suspensions.SetDamaged(
                waiting.Where(row => row.State == Damaged).ToDictionary(row => row.CampaignId, row => row.Entries)
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
                    && IsDue(row, options, now)
                    && !suspensions.Has(row.CampaignId)
                    && !_behind.Contains(row.CampaignId)
                )
                .Select(row => row.CampaignId),
        ];
    }

    /// <summary>
    /// Seals the oldest entries of a campaign, at most about <see cref="Slice"/>; a rest smaller
    /// than <paramref name="minBatch"/> goes along, so that no batch is too small to hide in. Where
    /// some are damaged it only sets those aside: whether the others are enough, or have waited
    /// long enough, is to be asked again. True when more may be due. The head is not served yet.
    /// </summary>
    public Task<bool> SealAsync(long campaignId, int minBatch, CancellationToken cancellation) =>
        database.Writes.RunAsync(write => Seal(write, campaignId, minBatch), cancellation);

    /// <summary>
    /// Writes every head that is not yet in the journal there, and only then lets it be served: a
    /// head the world has seen must be remembered even when the database is replaced by a backup.
    /// Only committed heads are seen here. Twice is harmless.
    /// </summary>
    public async Task PublishHeadsAsync(CancellationToken cancellation)
    {
        List<JournalHead> heads;
        using (var connection = database.Read())
            heads = [.. connection.Query<JournalHead>(Unpublished).Where(head => !suspensions.Has(head.CampaignId))];
        if (heads.Count == 0)
            return;
        // A server that was killed while its standby was away shows what the standby never got. Once a later commit is
        // answered the standby has it.
        if (database.CacheLifetime is not null)
            await database.ProbeAsync(cancellation);
        await database.Writes.RunAsync(
            write =>
            {
                database.Journal.AppendHeads(heads, write.Now);
                ledger.InvalidateHead(write, heads);
                return write.Connection.Execute(Publish, heads.Select(head => new { head.CampaignId, head.Size }));
            },
            cancellation
        );
    }

    private static bool IsDue(WaitingRow row, LedgerOptions options, DateTimeOffset now) =>
        row.Entries >= options.MinBatch || Instant.FromMilliseconds(row.Oldest) + options.MaxDelay <= now;

    private bool Seal(WriteTransaction write, long campaignId, int minBatch)
    {
        var connection = write.Connection;
        // PublishResult lines are to be imported first; what is owed to them waits too.
        if (
            connection.QuerySingleOrDefault<CampaignRow>(write.Sql(FindCampaign), new { campaignId })
            is not { LedgerBehind: 0 } campaign
        )
            return false;
        var rows = connection
            .Query<QueuedEntry>(write.Sql(SelectWaiting), new { campaignId, most = Slice + minBatch })
            .ToArray();
        if (rows.Length == 0)
            return false;
        // A line that nobody could prove must not be published, nor leave its neighbours too few to hide among.
        if (QuarantinedEntries.Quarantine(write, rows))
            return true;
        write.MarkCountsChanged(campaignId);
        var full = rows.Length == Slice + minBatch;
        if (full)
            rows = rows[..Slice];
        RandomNumberGenerator.Shuffle(rows.AsSpan());

        var counts = TreeHead
            .ReadCounts(connection.QuerySingle<string>(FindCounts, new { campaignId, size = campaign.LedgerSize }))
            .ToDictionary();
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
                new TreeHead(campaign.Slug, size, Convert.ToHexStringLower(root), write.Now, counts)
            );
            connection.Execute(GrowLedger, new { campaignId, size });
            UnresolvedRemovals.Drop(write, campaignId);
        }
        foreach (var row in rows)
            write.Prepare(DeleteSealed).Set("@campaignId", campaignId).Set("@id", row.Id).Defer();
        return full;
    }

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
            // At most one remove per add, whatever the queue says.
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
    /// Adds the hashes of these lines behind the first <paramref name="size"/>; returns the root of
    /// all.
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

    private sealed class WaitingRow
    {
        public required long CampaignId { get; init; }
        public required string State { get; init; }
        public required long Entries { get; init; }
        public required long Oldest { get; init; }
    }

    private sealed class CampaignRow
    {
        public required string Slug { get; init; }
        public required long LedgerSize { get; init; }
        public required long LedgerBehind { get; init; }
    }
}
