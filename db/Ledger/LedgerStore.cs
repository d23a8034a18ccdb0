using System.Collections.Concurrent;
using System.Data.Common;
using Campaigns.Db.Caching;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>A head as it is served.</summary>
public sealed record SignedTreeHead(
    long Size,
    string Root,
    DateTimeOffset SealedAt,
    IReadOnlyDictionary<string, long> Counts,
    string Jws
);

/// <summary>
/// Reads the sealed ledgers: lines, proofs and signed heads. Nothing beyond the newest head the
/// journal has is ever shown.
/// </summary>
public sealed class LedgerStore(Database database, TimeProvider time)
{
    /// <summary>Lines read at a time, so that no reader holds the database for long.</summary>
    public const int Page = 1_000;

    private const string NewestHead = """
        SELECT size, root, sealed_at, counts, jws FROM ledger_heads WHERE campaign_id = @campaignId AND journaled = 1 ORDER BY size DESC LIMIT 1
        """;

    private const string HeadOfSize = """
        SELECT size, root, sealed_at, counts, jws FROM ledger_heads WHERE campaign_id = @campaignId AND journaled = 1 AND size = @size
        """;

    private const string SelectLines = """
        SELECT line FROM ledger_entries WHERE campaign_id = @campaignId AND n >= @from AND n < @to ORDER BY n LIMIT @page
        """;

    private const string SelectBehind = "SELECT id, slug FROM campaigns WHERE ledger_behind = 1 ORDER BY id";

    private const string SelectTile =
        "SELECT hashes FROM ledger_tiles WHERE campaign_id = @campaignId AND level = @level AND tile = @tile";

    private const string InsertHead = """
        INSERT INTO ledger_heads (campaign_id, size, root, sealed_at, counts, jws, journaled)
        VALUES (@campaignId, @Size, @Root, @sealedAt, @counts, @jws, @journaled)
        """;

    private readonly ConcurrentDictionary<long, CachedValue<SignedTreeHead>> _heads = new();

    /// <summary>The newest head, from memory; every campaign has one from its creation.</summary>
    public SignedTreeHead GetHead(long campaignId) => Head(campaignId).Get();

    /// <summary>The same without holding a thread while somebody else reads it.</summary>
    public ValueTask<SignedTreeHead> GetHeadAsync(long campaignId) => Head(campaignId).GetAsync();

    /// <summary>
    /// Campaigns that some process found behind their published ledger, whichever machine's journal
    /// said so: nobody seals them until their lines are imported.
    /// </summary>
    public IReadOnlyList<(long Id, string Slug)> FindBehind()
    {
        using var connection = database.Read();
        return connection.Query<(long, string)>(SelectBehind).ToList();
    }

    /// <summary>The head of that size, or null where none was signed.</summary>
    public SignedTreeHead? FindHead(long campaignId, long size)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<HeadRow>(HeadOfSize, new { campaignId, size })?.ToHead();
    }

    /// <summary>
    /// At most <see cref="Page"/> lines from <paramref name="from"/> on, before
    /// <paramref name="to"/>, which the caller keeps within the head.
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
    /// The root, in hex, of the first <paramref name="size"/> lines, whether or not a head was
    /// signed there; within the head.
    /// </summary>
    public string RootAt(long campaignId, long size)
    {
        using var connection = database.Read();
        return Convert.ToHexStringLower(MerkleTree.Root(size, Tiles(connection, campaignId).Node));
    }

    /// <summary>
    /// The way from line <paramref name="n"/> to the root of the first <paramref name="size"/>;
    /// both within the head.
    /// </summary>
    public LedgerProof GetProof(long campaignId, long n, long size)
    {
        using var connection = database.Read();
        return Proof(connection, campaignId, n, size);
    }

    /// <summary>
    /// The receipt of the entry <paramref name="n"/> at the newest served head;
    /// <c>not-yet-sealed</c> before.
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
    /// An empty ledger has a signed head too. Written with its campaign and served at once: a
    /// database restored from before it has no such campaign, so there is nothing for the journal
    /// to remember.
    /// </summary>
    public void WriteEmptyHead(WriteTransaction write, long campaignId, string slug) =>
        WriteHead(
            write,
            campaignId,
            new TreeHead(
                slug,
                0,
                Convert.ToHexStringLower(MerkleTree.EmptyRoot()),
                write.Now,
                new Dictionary<string, long>()
            )
        );

    /// <summary>
    /// Signs and stores a head. One of a ledger with entries is not served before
    /// <see cref="LedgerSealer.PublishHeadsAsync"/>, unless the journal has it.
    /// </summary>
    internal void WriteHead(WriteTransaction write, long campaignId, TreeHead head, bool journaled = false)
    {
        var signing = database.Keys.CurrentSigning;
        using var key = signing.Open();
        write.Connection.Execute(
            InsertHead,
            new
            {
                campaignId,
                head.Size,
                head.Root,
                sealedAt = head.SealedAt.ToUnixTimeMilliseconds(),
                counts = TreeHead.CountsText(head.Counts),
                jws = Jws.Sign(head.Payload(), key, signing.Kid),
                journaled = journaled || head.Size == 0 ? 1 : 0,
            }
        );
    }

    /// <summary>
    /// From this commit on these heads are served: whoever holds older ones forgets them.
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
        public required long SealedAt { get; init; }
        public required string Counts { get; init; }
        public required string Jws { get; init; }

        public SignedTreeHead ToHead() =>
            new(Size, Root, Instant.FromMilliseconds(SealedAt), TreeHead.ReadCounts(Counts), Jws);
    }
}
