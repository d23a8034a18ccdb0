using System.Data.Common;
using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>A campaign as both databases store it.</summary>
/// <param name="Signatures">Rows in any state.</param>
/// <param name="Confirmed">Rows that count.</param>
/// <param name="LedgerSize">The number of ledger lines, numbered from 0; the next line gets this
/// number.</param>
/// <param name="LedgerRoot">The root in hex, computed from those lines.</param>
public sealed record MigratedCampaignSummary(
    string Slug,
    long Signatures,
    long Confirmed,
    long LedgerSize,
    string LedgerRoot
);

/// <summary>
/// The checksums of one side, which are compared before the new side takes over. Rows are read one
/// by one, so memory does not grow with the number of signatures.
/// </summary>
internal sealed class MigrationChecksums
{
    private const string Counters = """
        SELECT campaign_id, country, state, CAST(SUM(value) AS bigint) FROM counters
        GROUP BY campaign_id, country, state
        """;

    private const string Days = """
        SELECT campaign_id, day, country, CAST(SUM(value) AS bigint) FROM counters_by_day
        GROUP BY campaign_id, day, country
        """;

    private const string Hours = """
        SELECT campaign_id, hour, country, CAST(SUM(signed) AS bigint), CAST(SUM(letters) AS bigint),
               CAST(SUM(pressed) AS bigint), CAST(SUM(confirmed) AS bigint)
        FROM counters_by_hour GROUP BY campaign_id, hour, country
        """;

    // Counted in this process, because SQLite would sort all rows in memory.
    private const string Signatures = "SELECT campaign_id, country, state, hold_reason FROM signatures";

    private const string Campaigns = "SELECT id, slug, ledger_size FROM campaigns ORDER BY id";

    private const string NewestHead = $"SELECT size, root {LedgerHeads.Newest}";

    private readonly Dictionary<string, RowHash> _hashes;
    private readonly Dictionary<(long Campaign, string Country, string Bucket), long> _signatures = [];
    private readonly List<MigratedCampaignSummary> _campaigns = [];

    private MigrationChecksums(IEnumerable<(string Name, RowHash Digest)> hashes) =>
        _hashes = hashes.ToDictionary(pair => pair.Name, pair => pair.Digest);

    public IReadOnlyList<MigratedCampaignSummary> MigratedCampaigns =>
        [.. _campaigns.OrderBy(campaign => campaign.Slug, StringComparer.Ordinal)];

    /// <summary>Reads one side. <paramref name="select"/> returns the query of a table.</summary>
    /// <exception cref="MigrationRefusedException">A ledger does not match its newest
    /// head.</exception>
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
            ("sums by hour", Hours),
        ];
        var checksums = new MigrationChecksums(
            queries.Select(query => (query.Name, RowHash.Compute(connection, query.Sql)))
        );
        checksums.CountSignatures(connection);
        foreach (var (id, slug, size) in connection.Query<(long Id, string Slug, long Size)>(Campaigns).ToList())
            checksums.AddCampaign(connection, id, slug, size);
        return checksums;
    }

    /// <summary>
    /// Returns null when the other side is equal, otherwise the name of the difference.
    /// </summary>
    public string? Difference(MigrationChecksums other)
    {
        if (
            _hashes.FirstOrDefault(pair => other._hashes.GetValueOrDefault(pair.Key) != pair.Value) is { Key: { } name }
        )
            return name;
        if (
            _signatures.Count != other._signatures.Count
            || _signatures.Any(pair => other._signatures.GetValueOrDefault(pair.Key) != pair.Value)
        )
            return "signatures by country and state";
        return MigratedCampaigns.SequenceEqual(other.MigratedCampaigns) ? null : "ledgers";
    }

    private void CountSignatures(DbConnection connection)
    {
        foreach (var row in SqlRows.Read(connection, Signatures))
        {
            var key = (
                SqlRows.Whole(row[0]!),
                (string)row[1]!,
                SignatureState.Bucket((string)row[2]!, row[3] is not null)
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
            connection.QuerySingleOrDefault<(long Size, string Root)>(NewestHead, new { campaignId = id })
                != (tree.Size, root)
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
