using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Schema;

/// <summary>Packets from before the status <c>ended</c> stay, and can end.</summary>
public sealed class PacketEndsMigrationTests
{
    // Later migrations run again after it, because SQLite makes the table again.
    private const string Undo = """
        ALTER TABLE packets DROP COLUMN built_at;
        ALTER TABLE packets DROP COLUMN approval;
        ALTER TABLE packets DROP COLUMN decided_at;
        ALTER TABLE packets DROP COLUMN decided_by;
        ALTER TABLE packets DROP COLUMN decline_reason;
        ALTER TABLE packets DROP COLUMN built_removals;
        ALTER TABLE packets DROP COLUMN since_packet;
        ALTER TABLE packets DROP COLUMN since_size;
        ALTER TABLE packets DROP COLUMN since_root;
        ALTER TABLE packets DROP COLUMN include_xlsx;
        ALTER TABLE packets DROP COLUMN audit_size;
        ALTER TABLE packets DROP COLUMN audit_hash;
        DROP TABLE audit_queue;
        DROP TABLE audit_links;
        DROP TABLE audit_heads;
        DROP TABLE stale_causes;
        DELETE FROM migrations WHERE substr(name, 1, 4) IN ('0015', '0051', '0052', '0053', '0063', '0080')
        """;

    [Fact]
    public async Task Earlier_packets_keep_their_file_and_count_as_built_now()
    {
        await using var fixture = await new PacketFixture().StartAsync();
        await fixture.ConfirmPersonAsync("Kari Nordmann");
        var built = await fixture.BuildAsync(countries: ["GB"]);
        var waiting = await fixture.RequestAsync(countries: ["NL"]);
        await fixture.Database.Writes.RunAsync(write => write.Connection.Execute(Undo));
        await fixture.RestartAsync();

        Assert.Equal(PacketStatus.Queued, fixture.Packets.Find(waiting)!.Status);
        Assert.Contains("Kari Nordmann", fixture.VolumesText(built), StringComparison.Ordinal);
        var times = fixture.Query(connection =>
            connection.Query<long?>("SELECT built_at FROM packets ORDER BY id").ToList()
        );
        Assert.NotNull(times[0]);
        Assert.Null(times[1]);
        await fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE packets SET built_at = 0 WHERE id = @built", new { built })
        );
        await fixture.RunAsync<Worker.Packets.EndPacketsJob>();
        Assert.Equal(PacketStatus.Ended, fixture.Packets.Find(built)!.Status);
    }
}
