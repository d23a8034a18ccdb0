using System.Collections.Concurrent;
using System.Data.Common;
using Campaigns.Db.Caching;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Reads the sealed ledgers: lines, proofs and signed heads. It serves nothing beyond the newest
/// head in the journal.
/// </summary>
public sealed class LedgerStore(Database database, TimeProvider time)
{
    /// <summary>Lines per read, so that each read transaction is short.</summary>
    public const int Page = 1_000;

    private const string NewestHead = $"SELECT size, root, sealed_at, counts, jws {LedgerHeads.NewestServed}";

    private const string HeadOfSize = """
        SELECT size, root, sealed_at, counts, jws FROM ledger_heads
        WHERE campaign_id = @campaignId AND journaled = 1 AND size = @size
        """;

    private const string SelectLines = """
        SELECT line FROM ledger_entries
        WHERE campaign_id = @campaignId AND n >= @from AND n < @to
        ORDER BY n LIMIT @page
        """;

    private const string SelectBehind = "SELECT id, slug FROM campaigns WHERE ledger_behind = 1 ORDER BY id";

    private const string SelectTile =
        "SELECT hashes FROM ledger_tiles WHERE campaign_id = @campaignId AND level = @level AND tile = @tile";

    private const string InsertHead = """
        INSERT INTO ledger_heads (campaign_id, size, root, sealed_at, counts, jws, journaled)
        VALUES (@campaignId, @Size, @Root, @sealedAt, @counts, @jws, @journaled)
        """;

    private readonly ConcurrentDictionary<long, CachedValue<SignedTreeHead>> _heads = new();

    /// <summary>The newest head, cached. Every campaign has one from its creation.</summary>
    public SignedTreeHead GetHead(long campaignId) => Head(campaignId).Get();

    /// <summary>The newest head; waits for a pending read without blocking a thread.</summary>
    public ValueTask<SignedTreeHead> GetHeadAsync(long campaignId) => Head(campaignId).GetAsync();

    /// <summary>
    /// Campaigns that any process found behind their published ledger. No process seals them until
    /// their lines are imported.
    /// </summary>
    public IReadOnlyList<(long Id, string Slug)> FindBehind()
    {
        using var connection = database.Read();
        return connection.Query<(long, string)>(SelectBehind).ToList();
    }

    /// <summary>The head of that size, or null if none was signed.</summary>
    public SignedTreeHead? FindHead(long campaignId, long size)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<HeadRow>(HeadOfSize, new { campaignId, size })?.ToHead();
    }

    /// <summary>
    /// At most <see cref="Page"/> lines from <paramref name="from"/> on, before
    /// <paramref name="to"/>. The caller ensures that <paramref name="to"/> is within the head.
    /// </summary>
    public IReadOnlyList<string> ReadLines(long campaignId, long from, long to)
    {
        using var connection = database.Read();
        return connection
            .Query<string>(
                SelectLines,
                new
                {
                    campaignId,
                    from,
                    to,
                    page = Page,
                }
            )
            .AsList();
    }

    /// <summary>
    /// The root, in hex, of the first <paramref name="size"/> lines, also for a size without a
    /// signed head. The size must be within the head.
    /// </summary>
    public string RootAt(long campaignId, long size)
    {
        using var connection = database.Read();
        return Convert.ToHexStringLower(MerkleTree.Root(size, Tiles(connection, campaignId).Node));
    }

    /// <summary>
    /// The same without reading the tree for the size of the newest head.
    /// </summary>
    public async ValueTask<string> RootAtAsync(long campaignId, long size) =>
        await GetHeadAsync(campaignId) is { } head && head.Size == size ? head.Root : RootAt(campaignId, size);

    /// <summary>
    /// The inclusion proof of line <paramref name="n"/> in the first <paramref name="size"/> lines;
    /// both must be within the head.
    /// </summary>
    public LedgerProof GetProof(long campaignId, long n, long size)
    {
        using var connection = database.Read();
        return Proof(connection, campaignId, n, size);
    }

    /// <summary>
    /// The receipt of entry <paramref name="n"/> at the newest served head;
    /// <c>not-yet-sealed</c> if that head does not include it.
    /// </summary>
    public Outcome<Receipt> FindReceipt(
        Campaign campaign,
        long n,
        byte[] ledgerKey,
        string textHash,
        string country,
        string normalisedEmail
    )
    {
        var head = GetHead(campaign.Id);
        if (n >= head.Size)
            return Refusal.NotYetSealed;
        using var connection = database.Read();
        return new Receipt(
            campaign.Slug,
            Convert.ToHexStringLower(ledgerKey),
            textHash,
            country,
            normalisedEmail,
            Convert.ToHexStringLower(Commitment.Compute(ledgerKey, campaign.Slug, textHash, country, normalisedEmail)),
            head.Jws,
            Proof(connection, campaign.Id, n, head.Size)
        );
    }

    /// <summary>
    /// Writes the signed head of an empty ledger with its campaign; it is served at once. The
    /// journal does not need it, because an older backup does not have the campaign.
    /// </summary>
    public void WriteEmptyHead(WriteTransaction write, long campaignId, CampaignDraft campaign) =>
        WriteHead(
            write,
            campaignId,
            new TreeHead(
                campaign.Slug,
                0,
                Convert.ToHexStringLower(MerkleTree.EmptyRoot()),
                campaign.Sensitive ? write.Now.FullHour() : write.Now,
                new Dictionary<string, long>()
            )
        );

    /// <summary>
    /// Signs and stores a head. The head of a ledger with entries is not served before
    /// <see cref="LedgerSealer.PublishHeadsAsync"/>, unless the journal has it.
    /// </summary>
    internal void WriteHead(WriteTransaction write, long campaignId, TreeHead head, bool journaled = false)
    {
        write.Connection.Execute(
            InsertHead,
            new
            {
                campaignId,
                head.Size,
                head.Root,
                sealedAt = head.SealedAt.ToUnixTimeMilliseconds(),
                counts = TreeHead.CountsText(head.Counts),
                jws = database.Keys.CurrentSigning.Sign(head.Payload()),
                journaled = journaled || head.Size == 0 ? 1 : 0,
            }
        );
    }

    /// <summary>
    /// Invalidates the cached heads with this commit, so that these heads are served.
    /// </summary>
    internal void InvalidateHead(WriteTransaction write, IReadOnlyList<JournalHead> heads)
    {
        foreach (var campaignId in heads.Select(head => head.CampaignId).Distinct())
        {
            write.MarkCountsChanged(campaignId);
            write.AfterCommit(() => Head(campaignId).Invalidate());
        }
    }

    private CachedValue<SignedTreeHead> Head(long campaignId) =>
        _heads.GetOrAdd(campaignId, id => new CachedValue<SignedTreeHead>(
            () => ReadHead(id),
            time,
            database.CacheLifetime
        ));

    private SignedTreeHead ReadHead(long campaignId)
    {
        using var connection = database.Read();
        return connection.QuerySingle<HeadRow>(NewestHead, new { campaignId }).ToHead();
    }

    internal static LedgerTiles Tiles(DbConnection connection, long campaignId) =>
        new(
            (level, tile) =>
                connection.QuerySingleOrDefault<byte[]>(
                    SelectTile,
                    new
                    {
                        campaignId,
                        level,
                        tile,
                    }
                )
        );

    private static LedgerProof Proof(DbConnection connection, long campaignId, long n, long size)
    {
        var tiles = Tiles(connection, campaignId);
        var path = MerkleTree.Path(n, size, tiles.Node);
        return new LedgerProof(
            n,
            size,
            Convert.ToHexStringLower(tiles.Node(0, n)),
            [.. path.Select(Convert.ToHexStringLower)]
        );
    }

    private sealed class HeadRow
    {
        public required long Size { get; init; }
        public required string Root { get; init; }
        public required DateTimeOffset SealedAt { get; init; }
        public required string Counts { get; init; }
        public required string Jws { get; init; }

        public SignedTreeHead ToHead() => new(Size, Root, SealedAt, TreeHead.ReadCounts(Counts), Jws);
    }
}
