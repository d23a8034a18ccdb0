using Campaigns.Db.Keys;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>
/// A server in a separate process, killed repeatedly while it re-encrypts: in the middle of a page,
/// and at random moments.
/// </summary>
public sealed class KilledReencryptionTests
{
    private const int Rows = 60 * ReencryptionStore.Size;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Repeatedly_killed_reencryption_leaves_every_value_under_the_new_key()
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        try
        {
            await FillAsync(folder);
            await using var second = new CampaignFixture(folder: folder, serving: false);
            Assert.Null((await second.Get<KeyStore>().RotateAsync("root", Actor.Operator)).Refused);
            for (var page = 8; page < Rows / ReencryptionStore.Size; page += 16)
            {
                var before = page * ReencryptionStore.Size;
                await using var hold = StatementHold.On(
                    Path.Combine(folder, "data"),
                    "signatures",
                    "UPDATE",
                    $"NEW.id = {before + page}"
                );
                // The server cannot pass the blocked statement.
                await using (var server = Serve(folder))
                {
                    await ReachAsync(server, CountReencrypted(second) + 1);
                    await server.KillAsync();
                }
                await using (var server = Serve(folder))
                {
                    await ReachAsync(server, before);
                    await hold.ReachedAsync("the page is not re-encrypted");
                    Assert.Equal(before, CountReencrypted(second));
                    await server.KillAsync();
                }
            }
            await using (var last = Serve(folder))
                await ReachAsync(last, Rows);
            using var connection = second.Database.Read();
            foreach (var (id, person) in connection.Query<(long, byte[])>("SELECT id, person FROM signatures"))
                Assert.Equal(
                    $"{{\"Name\":\"Person {id}\"}}",
                    System.Text.Encoding.UTF8.GetString(
                        second.Database.Keys.Encryptor.Decrypt("signatures", "person", id, person)
                    )
                );

            Task ReachAsync(CampaignProcess server, long enough) =>
                CampaignServer.UntilAsync(
                    () =>
                    {
                        Assert.False(server.HasExited, $"The server ended by itself: {server.Output}{server.Errors}");
                        return CountReencrypted(second) >= enough;
                    },
                    "the server does not re-encrypt",
                    120
                );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long CountReencrypted(CampaignFixture second)
    {
        using var connection = second.Database.Read();
        return connection.QuerySingle<long>(
            "SELECT count(*) FROM signatures WHERE substr(person, 1, 1) = @version",
            new { version = new byte[] { 2 } }
        );
    }

    private static async Task FillAsync(string folder)
    {
        await using var fixture = await new CampaignFixture(folder: folder).StartAsync();
        await fixture.Database.Writes.RunAsync(write =>
            TestSql.Insert(
                write.Connection,
                "signatures (id, campaign_id, state, country, person)",
                Enumerable
                    .Range(1, Rows)
                    .Select(id => new object?[] { id, fixture.Campaign.Id, "withdrawn", "GB", Person(fixture, id) })
            )
        );
    }

    private static byte[] Person(CampaignFixture fixture, int id)
    {
        using var row = fixture.Get<SignatureEncryption>().Row(id);
        return row.Person($"Person {id}", null);
    }

    private static CampaignProcess Serve(string folder) =>
        CampaignProcess.Begin([
            "--urls",
            "http://127.0.0.1:0",
            .. CampaignProcess.On(Path.Combine(folder, "data"), Path.Combine(folder, "keys")),
            "--Mail:Transport=folder",
            "--Logging:LogLevel:Default=Error",
        ]);
}
