using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Puts published lines back behind those that are there, some at a time: entries, tiles, and heads
/// anew under today's key.
/// </summary>
internal sealed class LedgerAppender(WriteTransaction write, LedgerStore ledger, Campaign campaign, long size)
{
    private const string InsertLine = """
        INSERT INTO ledger_entries (campaign_id, n, kind, country, line) VALUES (@campaignId, @n, @kind, @country, @line)
        """;

    private const string GrowLedger = "UPDATE campaigns SET ledger_size = @size, ledger_behind = 0 WHERE id = @Id";

    private readonly List<LedgerLine> _waiting = new(LedgerSealer.Slice);
    private long _size = size;
    private byte[] _root = [];

    public void Add(LedgerLine line)
    {
        _waiting.Add(line);
        if (_waiting.Count == LedgerSealer.Slice)
            Flush();
    }

    /// <summary>
    /// Signs a head for all lines so far. It may be served: the journal has it already.
    /// </summary>
    public void AddHead(string root, DateTimeOffset at, IReadOnlyDictionary<string, long> counts)
    {
        Flush();
        if (Convert.ToHexStringLower(_root) != root)
            throw new ImportRefusedException(
                "The hashes this database keeps of its ledger are not those of its lines: the database is damaged."
            );
        ledger.WriteHead(write, campaign.Id, new TreeHead(campaign.Slug, _size, root, at, counts), journaled: true);
        write.Connection.Execute(GrowLedger, new { size = _size, campaign.Id });
    }

    private void Flush()
    {
        if (_waiting.Count == 0)
            return;
        foreach (var line in _waiting)
            write
                .Prepare(InsertLine)
                .Set("@campaignId", campaign.Id)
                .Set("@n", line.N)
                .Set("@kind", line.Type)
                .Set("@country", line.Country)
                .Set("@line", line.Text)
                .Defer();
        // Afterwards: what a line takes back may stand among those it came with.
        foreach (var line in _waiting.Where(line => line.Of is not null))
        {
            if (
                write
                    .Prepare(LedgerSealer.LinkRemoved)
                    .Set("@campaignId", campaign.Id)
                    .Set("@n", line.N)
                    .Set("@of", line.Of)
                    .Run() != 1
            )
                throw new ImportRefusedException(
                    $"Entry {line.N} removes {line.Of}, which this database does not have, or has as removed."
                );
        }
        _root = LedgerSealer.Grow(write, campaign.Id, _size, _waiting);
        _size += _waiting.Count;
        _waiting.Clear();
    }
}
