using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// People sign during the migration: everything acknowledged is on the PostgreSQL side exactly
/// once.
/// </summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class MoveUnderLoadTests
{
    [Fact]
    public async Task Migration_under_load_loses_nothing_acknowledged()
    {
        await using var sides = new MigrationPair();
        var acknowledged = new AcknowledgedSignatures();
        var load = SigningLoad.Of(sides.Folder, acknowledged, MigrationPair.Slug, repeats: true);
        string token;
        await using (var old = await CampaignProcess.ServeAsync(sides.Folder, [.. sides.Old, "--Limits:Enabled=false"]))
        {
            token = (
                await CampaignProcess.RunAsync([
                    "staff",
                    "add",
                    "Test",
                    "--role",
                    "administrator",
                    .. CampaignProcess.On(sides.Folder),
                    .. sides.Old,
                ])
            ).Output.Trim();
            await KillTests.OpenAsync(old.Http, token);
            await load.RunUntilConfirmedAsync(old.Http);
            using var stop = new CancellationTokenSource();
            var people = load.RunAsync(old.Http, 8, 4, stop.Token);
            var (code, _, errors) = await sides.RunMoveAsync();
            Assert.True(code == 0, errors);
            var moved = acknowledged.People.Count;
            var refused = load.Statuses.GetValueOrDefault(503);
            await CampaignServer.UntilAsync(
                () => load.Statuses.GetValueOrDefault(503) > refused + 20,
                "signers get no 503"
            );
            await stop.CancelAsync();
            await people;
            // A few may have been acknowledged before the fence and recorded after it.
            Assert.InRange(acknowledged.People.Count, moved, moved + 12);
        }
        Assert.Empty(load.Unexpected);
        await using var server = await CampaignProcess.ServeAsync(sides.Folder, "--Limits:Enabled=false");
        await load.RunUntilConfirmedAsync(server.Http);
        Assert.Empty(load.Unexpected);
        await acknowledged.AssertNothingLostAsync(sides.Folder, server.Http, token, MigrationPair.Slug);
    }
}
