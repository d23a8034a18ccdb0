using Campaigns.Db.Engine;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Appends published lines to the ledger of this database, in slices: entries, tiles, and heads
/// signed with the current key.
/// </summary>
internal sealed class LedgerAppender(WriteTransaction write, LedgerStore ledger, Campaign campaign, long size)
{
    private const string InsertLine = """
        INSERT INTO ledger_entries (campaign_id, n, kind, country, line)
        VALUES (@campaignId, @n, @kind, @country, @line)
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
    /// Signs a head for all lines so far. It is served at once, because the journal has it already.
    /// </summary>
    public void AddHead(string root, DateTimeOffset at, IReadOnlyDictionary<string, long> counts)
    {
        Flush();
        if (Convert.ToHexStringLower(_root) != root)
            throw new ImportRefusedException(
                "The stored hashes of the ledger do not match its lines: the database is damaged."
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
        // The removals run after all inserts, because a removed line may be in the same slice.
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
                    $"Entry {line.N} removes entry {line.Of}, which is missing or already removed in this database."
                );
        }
        _root = LedgerSealer.Grow(write, campaign.Id, _size, _waiting);
        _size += _waiting.Count;
        _waiting.Clear();
    }
}
