using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>Counts what made packets stale.</summary>
public sealed class StaleCauseStore(Database database)
{
    // Causes that were before the build had their effect on it. A signer counts once for each kind. The countries are a
    // JSON array in a text column, so each code is between quotes.
    private const string SelectCauses = """
        SELECT s.kind, count(DISTINCT s.n) AS signers, min(s.caused_at) AS first_at
        FROM packets p
        JOIN stale_causes s ON s.campaign_id = p.campaign_id AND s.number > p.built_removals
        WHERE p.id = @Id
          AND (s.n IS NULL OR (s.n < p.cut_off_size AND s.n >= COALESCE(p.since_size, 0)
            AND p.countries LIKE '%"' || s.country || '"%'))
          AND (s.recipient_key IS NULL OR s.recipient_key = p.recipient_key)
        GROUP BY s.kind
        """;

    private const string AreUncounted = $"""
        FROM stale_causes WHERE NOT EXISTS (
            SELECT 1 FROM packets p
            WHERE p.campaign_id = stale_causes.campaign_id AND p.status = '{PacketStatus.Stale}'
              AND p.built_removals < stale_causes.number)
        """;

    /// <summary>What happened since the last build of a packet.</summary>
    public StaleCauses Find(Packet packet)
    {
        using var connection = database.Read();
        var causes = connection.Query<CauseRow>(SelectCauses, new { packet.Id }).ToDictionary(row => row.Kind);
        return new StaleCauses(
            causes.Count == 0 ? null : causes.Values.Min(row => row.FirstAt),
            Signers(StaleCause.Withdrawn),
            Signers(StaleCause.Lowered),
            Signers(StaleCause.Corrected),
            Signers(StaleCause.Invalidated),
            causes.ContainsKey(StaleCause.Recipient),
            causes.ContainsKey(StaleCause.Campaign)
        );

        long Signers(string kind) => causes.TryGetValue(kind, out var row) ? row.Signers : 0;
    }

    /// <summary>Deletes causes that no stale packet counts. Writes nothing without one.</summary>
    public async Task PruneAsync(CancellationToken cancellation)
    {
        using (var connection = database.Read())
        {
            if (connection.QuerySingle<long>($"SELECT count(*) {AreUncounted}") == 0)
                return;
        }
        await database.Writes.RunAsync(write => write.Connection.Execute($"DELETE {AreUncounted}"), cancellation);
    }

    private sealed class CauseRow
    {
        public required string Kind { get; init; }
        public required long Signers { get; init; }
        public required DateTimeOffset FirstAt { get; init; }
    }
}
