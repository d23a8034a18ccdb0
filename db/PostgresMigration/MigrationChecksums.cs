using System.Data.Common;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.PostgresMigration;

/// <summary>A campaign as both databases have it.</summary>
/// <param name="Signatures">Rows of whatever state.</param>
/// <param name="Confirmed">Those that count.</param>
/// <param name="LedgerSize">Lines, numbered from 0; the next one gets this number.</param>
/// <param name="LedgerRoot">Of those lines, in hex, computed from them.</param>
public sealed record MigratedCampaignSummary(
    string Slug,
    long Signatures,
    long Confirmed,
    long LedgerSize,
    string LedgerRoot
);

/// <summary>
/// What is held against the other side before it takes over. Read row by row: nothing here grows
/// with the number of signatures.
/// </summary>
internal sealed class MigrationChecksums
{
    private const string Counters =
        "SELECT campaign_id, country, state, CAST(SUM(value) AS bigint) FROM counters GROUP BY campaign_id, country, state";

    private const string Days =
        "SELECT campaign_id, day, country, CAST(SUM(value) AS bigint) FROM counters_by_day GROUP BY campaign_id, day, country";

    // CountedSignatures here: SQLite would sort all of them in memory.
    private const string Signatures = "SELECT campaign_id, country, state, hold_reason FROM signatures";

    private const string Campaigns = "SELECT id, slug, ledger_size FROM campaigns ORDER BY id";

    private const string NewestHead =
        "SELECT size, root FROM ledger_heads WHERE campaign_id = @id ORDER BY size DESC LIMIT 1";

    private readonly Dictionary<string, RowHash> _digests;
    private readonly Dictionary<(long Campaign, string Country, string Bucket), long> _signatures = [];
    private readonly List<MigratedCampaignSummary> _campaigns = [];

    private MigrationChecksums(IEnumerable<(string Name, RowHash Digest)> digests) =>
        _digests = digests.ToDictionary(pair => pair.Name, pair => pair.Digest);

    public IReadOnlyList<MigratedCampaignSummary> MovedCampaigns =>
        [.. _campaigns.OrderBy(campaign => campaign.Slug, StringComparer.Ordinal)];

    /// <summary>Reads one side. <paramref name="select"/> is how its tables are read.</summary>
    /// <exception cref="MigrationRefusedException">Its ledger is not what its newest head
    /// says.</exception>
    public static MigrationChecksums Read(
        DbConnection connection,
        IReadOnlyList<CopiedTable> tables,
        Func<CopiedTable, string> select
    )
    {
        (string Name, string Sql)[] queries =
        [
            .. tables.Select(table => ($"rows of {table.Name}", select(table))),
            ("sums of counters", Counters),
            ("sums by day", Days),
        ];
        var figures = new MigrationChecksums(
            queries.Select(query => (query.Name, RowHash.Compute(connection, query.Sql)))
        );
        figures.CountSignatures(connection);
        foreach (var (id, slug, size) in connection.Query<(long Id, string Slug, long Size)>(Campaigns).ToList())
            figures.AddCampaign(connection, id, slug, size);
        return figures;
    }

    /// <summary>Null when the other side has the same; otherwise what differs.</summary>
    public string? Difference(MigrationChecksums other)
    {
        if (
            _digests.FirstOrDefault(pair => other._digests.GetValueOrDefault(pair.Key) != pair.Value) is
            { Key: { } name }
        )
            return name;
        if (
            _signatures.Count != other._signatures.Count
            || _signatures.Any(pair => other._signatures.GetValueOrDefault(pair.Key) != pair.Value)
        )
            return "signatures by country and state";
        return MovedCampaigns.SequenceEqual(other.MovedCampaigns) ? null : "ledgers";
    }

    private void CountSignatures(DbConnection connection)
    {
        foreach (var row in SqlRows.Read(connection, Signatures))
        {
            var key = (
                SqlRows.Whole(row[0]!),
                (string)row[1]!,
                SignatureState.Bucket((string)row[2]!, (string?)row[3])
            );
            _signatures[key] = _signatures.GetValueOrDefault(key) + 1;
        }
    }

    private void AddCampaign(DbConnection connection, long id, string slug, long ledgerSize)
    {
        var tree = new CompactRange();
        foreach (
            var row in SqlRows.Read(
                connection,
                FormattableString.Invariant($"SELECT n, line FROM ledger_entries WHERE campaign_id = {id} ORDER BY n")
            )
        )
        {
            if (
                SqlRows.Whole(row[0]!) != tree.Size
                || LedgerLine.Parse((string)row[1]!) is not { } line
                || line.N != tree.Size
            )
                throw Broken(slug);
            tree.Add(line.LeafHash());
        }
        var root = Convert.ToHexStringLower(tree.Root());
        if (
            connection.QuerySingleOrDefault<(long Size, string Root)>(NewestHead, new { id }) != (tree.Size, root)
            || ledgerSize != tree.Size
        )
            throw Broken(slug);
        var own = _signatures.Where(pair => pair.Key.Campaign == id).ToList();
        _campaigns.Add(
            new MigratedCampaignSummary(
                slug,
                own.Sum(pair => pair.Value),
                own.Where(pair => pair.Key.Bucket == SignatureState.Confirmed).Sum(pair => pair.Value),
                tree.Size,
                root
            )
        );
    }

    private static MigrationRefusedException Broken(string slug) =>
        new($"The lines of the ledger of {slug} do not lead to the root of its newest head.");
}
