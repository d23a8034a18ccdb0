using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Ledger;

/// <summary>Reads what waits to be sealed, for staff.</summary>
public sealed class LedgerQueueStore(Database database, IOptions<LedgerOptions> options)
{
    private const string Select = """
        SELECT count(CASE WHEN state = 'waiting' THEN 1 END) AS waiting,
            min(CASE WHEN state = 'waiting' THEN queued_at END) AS oldest,
            count(CASE WHEN state = 'damaged' THEN 1 END) AS quarantined
        FROM ledger_queue WHERE campaign_id = @id
        """;

    public LedgerQueueState Read(Campaign campaign)
    {
        using var connection = database.Read();
        var row = connection.QuerySingle<QueueRow>(Select, new { id = campaign.Id });
        return new LedgerQueueState(
            row.Waiting,
            row.Oldest is { } oldest ? End(campaign, oldest) : null,
            row.Quarantined
        );
    }

    private DateTimeOffset End(Campaign campaign, DateTimeOffset oldest) =>
        campaign.Sensitive ? options.Value.SensitiveEnd(oldest) : oldest + options.Value.MaxDelay;

    private sealed class QueueRow
    {
        public required long Waiting { get; init; }
        public required DateTimeOffset? Oldest { get; init; }
        public required long Quarantined { get; init; }
    }
}
