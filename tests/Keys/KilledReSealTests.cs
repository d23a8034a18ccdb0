using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Ledger;
using Campaigns.Tests.Running;
using Dapper;

namespace Campaigns.Tests.Keys;

/// <summary>A server as a process of its own, killed again and again while it re-seals.</summary>
public sealed class KilledReSealTests
{
    private const int Rows = 60 * ReSealStore.Size;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task However_often_it_is_killed_every_value_opens_and_none_stays_behind()
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        try
        {
            var clock = new StillClock();
            await FillAsync(folder);
            await Beside.RotateAsync(folder, clock, "root");
            var kills = 0;
            await using var beside = new Beside(folder, clock);
            for (var done = 0L; done < Rows; kills++)
            {
                await using var server = Serve(folder);
                using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
                var enough = Math.Min(Rows, done + (5 * ReSealStore.Size));
                while ((done = Resealed(beside)) < enough)
                {
                    Assert.False(server.HasExited, $"The server ended by itself: {server.Output}{server.Errors}");
                    patience.Token.ThrowIfCancellationRequested();
                    // Keeps its thread: by the time a busy machine gave it one again, everything would be done.
                    Thread.Sleep(1);
                }
            }
            Assert.True(kills > 2, $"It was killed {kills} times only.");
            using var connection = beside.Database.Read();
            foreach (var (id, person) in connection.Query<(long, byte[])>("SELECT id, person FROM signatures"))
                Assert.Equal($"{{\"Name\":\"Person {id}\"}}", System.Text.Encoding.UTF8.GetString(beside.Database.Keys.Sealer.Open("signatures", "person", id, person)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Resealed(Beside beside)
    {
        using var connection = beside.Database.Read();
        return connection.QuerySingle<long>("SELECT count(*) FROM signatures WHERE substr(person, 1, 1) = @version", new { version = new byte[] { 2 } });
    }

    private static async Task FillAsync(string folder)
    {
        await using var house = await new OneCampaign(folder: folder).StartAsync();
        await house.Database.Writes.RunAsync(write => TestSql.Insert(
            write.Connection,
            "signatures (id, campaign_id, state, country, person)",
            Enumerable.Range(1, Rows).Select(id => new object?[] { id, house.Campaign.Id, "withdrawn", "GB", Person(house, id) })));
    }

    private static byte[] Person(OneCampaign house, int id)
    {
        using var row = house.Get<SignatureSeal>().Row(id);
        return row.Person($"Person {id}", null);
    }

    private static CampaignProcess Serve(string folder) => CampaignProcess.Begin(
        ["--urls", "http://127.0.0.1:0", .. CampaignProcess.On(Path.Combine(folder, "data"), Path.Combine(folder, "keys")), "--Mail:Transport=folder", "--Logging:LogLevel:Default=Error"]);
}
