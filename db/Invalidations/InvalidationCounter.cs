using Campaigns.Db.Engine;
using Campaigns.Invalidations;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Counts what a bulk invalidation covers. It writes only the result, so an interrupted count
/// begins again.
/// </summary>
public sealed class InvalidationCounter(Database database, TimeProvider time, InvalidationReader reader)
{
    /// <summary>Signatures per read.</summary>
    private const int PageSize = 500;

    private const string FinishCount = $"""
        UPDATE invalidations SET status = '{InvalidationStatus.Counted}', covered = @Covered,
            covered_confirmed = @Confirmed, by_country = @ByCountry, stale_packets = @packets, sample = @sample,
            {Lease.End}
        WHERE {InvalidationClaim.IsMine}
        """;

    private static readonly string _selectReadyPackets = $"""
        SELECT id, countries, cut_off_size FROM packets WHERE campaign_id = @CampaignId
          AND {SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(PacketAct.Invalidate))}
        ORDER BY id
        """;

    /// <summary>Counts a claimed one. Stops early when the claim is lost.</summary>
    internal async Task CountAsync(Invalidation claimed, CancellationToken cancellation)
    {
        var tally = new InvalidationTally();
        var renewed = time.GetTimestamp();
        for (long? after = 0; after is { } from;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = reader.Read(claimed, from, PageSize);
            tally.Add(page.Rows);
            after = page.Last;
            if (time.GetElapsedTime(renewed) < Lease.Duration / 4)
                continue;
            if (
                !await database.Writes.RunAsync(
                    write => InvalidationClaim.TryRenew(write, database, claimed),
                    cancellation
                )
            )
                return;
            renewed = time.GetTimestamp();
        }
        await database.Writes.RunAsync(
            write =>
            {
                var values = InvalidationClaim.Parameters(claimed);
                values.AddDynamicParams(
                    new
                    {
                        tally.Covered,
                        tally.Confirmed,
                        tally.ByCountry,
                        packets = Lists.Write(FindStalePackets(write, claimed, tally)),
                        sample = Lists.Write(tally.Sample),
                    }
                );
                return write.Connection.Execute(FinishCount, values);
            },
            cancellation
        );
    }

    private static List<string> FindStalePackets(
        WriteTransaction write,
        Invalidation claimed,
        InvalidationTally tally
    ) =>
        [
            .. write
                .Connection.Query<ReadyPacketRow>(_selectReadyPackets, new { claimed.CampaignId })
                .Where(packet =>
                    packet.Countries.Any(country =>
                        tally.FirstLines.TryGetValue(country, out var first) && first < packet.CutOffSize
                    )
                )
                .Select(packet => Ids.Text(packet.Id)),
        ];

    private sealed class ReadyPacketRow
    {
        public required long Id { get; init; }
        public required IReadOnlyList<string> Countries { get; init; }
        public required long CutOffSize { get; init; }
    }
}
