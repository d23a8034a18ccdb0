using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Rebuilds the ledgers from their lines.</summary>
public sealed class LedgerInspection(InspectedDatabase database)
{
    private const int PageSize = 10_000;

    private const string Heads = """
        SELECT c.id, c.slug, h.size, h.root FROM campaigns c JOIN ledger_heads h ON h.campaign_id = c.id
        WHERE h.size = (SELECT max(size) FROM ledger_heads WHERE campaign_id = c.id) ORDER BY c.slug
        """;

    private const string Lines = """
        SELECT line FROM ledger_entries WHERE campaign_id = @Id AND n >= @from AND n < @to ORDER BY n
        """;

    /// <summary>
    /// The campaigns whose lines do not give the root of their newest head, and all lines.
    /// </summary>
    public (IReadOnlyList<string> Wrong, long Lines) Rebuild(CancellationToken cancellation)
    {
        using var connection = database.Read();
        List<string> wrong = [];
        var all = 0L;
        foreach (var head in connection.Query<HeadRow>(Heads).ToList())
        {
            var replay = new LedgerReplay();
            while (replay.Size < head.Size)
            {
                cancellation.ThrowIfCancellationRequested();
                var page = new
                {
                    head.Id,
                    from = replay.Size,
                    to = Math.Min(replay.Size + PageSize, head.Size),
                };
                var lines = connection.Query<string>(Lines, page).ToList();
                if (lines.Count == 0 || lines.Any(line => replay.Add(line) is not null))
                    break;
            }
            all += replay.Size;
            if (replay.Size != head.Size || Convert.ToHexStringLower(replay.Root()) != head.Root)
                wrong.Add(head.Slug);
        }
        return (wrong, all);
    }

    private sealed class HeadRow
    {
        public required long Id { get; init; }
        public required string Slug { get; init; }
        public required long Size { get; init; }
        public required string Root { get; init; }
    }
}
