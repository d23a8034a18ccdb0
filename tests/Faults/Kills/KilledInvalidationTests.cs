using Campaigns.Db.Invalidations;
using Campaigns.Invalidations;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Invalidations;
using Dapper;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>
/// A server that is killed in the middle of a page of a bulk invalidation and of its undo.
/// </summary>
public sealed class KilledInvalidationTests
{
    private const int Signers = (3 * InvalidationQueue.PageSize) + 7;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Killed_worker_loses_no_signature_and_takes_none_twice()
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        try
        {
            var id = await FillAsync(folder);
            // A command beside the servers.
            await using var fixture = new CampaignFixture(folder: folder, clock: Now(), serving: false);
            await fixture.StartAsync();
            await KillAsync(folder, fixture, "invalidated");
            await using (Serve(folder))
                await ReachAsync(fixture, id, one => one.Status == InvalidationStatus.Done);
            Assert.Equal(Signers, Find(fixture, id).Invalidated);
            AssertAll(fixture, "invalidated");

            Assert.Null(
                await fixture.Get<InvalidationStore>().UndoAsync(fixture.Campaign, id, InvalidationFixture.One)
            );
            await KillAsync(folder, fixture, "confirmed");
            await using (Serve(folder))
                await ReachAsync(fixture, id, one => one.UndoEndedAt is not null);
            Assert.Equal(Signers, Find(fixture, id).Restored);
            AssertAll(fixture, "confirmed");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The servers have the machine's clock.
    private static FakeTimeProvider Now() => new(TimeProvider.System.GetUtcNow());

    private static async Task<long> FillAsync(string folder)
    {
        await using var fixture = await new CampaignFixture(folder: folder, clock: Now()).StartAsync();
        for (var i = 0; i < Signers; i++)
            await fixture.ConfirmAsync($"robot{i}@example.org");
        await fixture.SealAsync();
        var counted = await fixture.CountAsync(new() { Countries = ["GB"] });
        await fixture.StartAsync(counted);
        return counted.Id;
    }

    // The middle of the second page.
    private static async Task KillAsync(string folder, CampaignFixture fixture, string state)
    {
        var middle = fixture.Query(connection =>
            connection.QuerySingle<long>(
                "SELECT id FROM signatures ORDER BY id LIMIT 1 OFFSET @place",
                new { place = InvalidationQueue.PageSize + 50 }
            )
        );
        await using var hold = StatementHold.On(
            Path.Combine(folder, "data"),
            "signatures",
            "UPDATE",
            $"NEW.id = {middle} AND NEW.state = '{state}'"
        );
        await using (var server = Serve(folder))
        {
            await hold.ReachedAsync("the page is not written");
            await server.KillAsync();
        }
        await hold.EndAsync();
        await fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE invalidations SET lease_until = NULL")
        );
    }

    private static Task ReachAsync(CampaignFixture fixture, long id, Func<Invalidation, bool> isReached) =>
        CampaignServer.UntilAsync(() => isReached(Find(fixture, id)), "the walk does not go on", 240);

    private static Invalidation Find(CampaignFixture fixture, long id) => fixture.FindInvalidation(id);

    private static void AssertAll(CampaignFixture fixture, string state)
    {
        Assert.Equal(Signers, fixture.CountRows($"state = '{state}'"));
        fixture.AssertNoDrift();
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
