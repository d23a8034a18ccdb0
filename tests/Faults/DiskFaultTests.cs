using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A disk that takes no more while people sign and confirm, and takes again: nothing acknowledged
/// is lost, and nobody restarts anything. The disk is that of the SQLite file.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class DiskFaultTests
{
    [SmallDiskFact]
    public async Task A_full_disk_is_said_so_and_nothing_is_acknowledged_until_there_is_room_again()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data);
        await fixture.Load.RunUntilConfirmedAsync(fixture.Http);

        disk.Fill();
        await fixture.RunUntilRefusedAsync(disk.Fill);
        await fixture.AssertDegradedAsync("writes");

        disk.MakeRoom();
        await fixture.AssertRecoversAsync();
    }

    [SmallDiskFact]
    public async Task A_folder_that_turned_read_only_is_said_so_and_taken_up_again_once_it_is_writable()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data);
        await fixture.Load.RunUntilConfirmedAsync(fixture.Http);

        // What is open stays writable: people sign on, but no new letter can be written.
        disk.Forbid();
        await fixture.Load.RunUntilSignedAsync(fixture.Http);
        await fixture.AssertDegradedAsync("mail");
        Assert.DoesNotContain(503, fixture.Load.Statuses.Keys);

        // A write that fails lets go of the database file, and from then on it is read-only as the folder is.
        disk.Fill();
        await fixture.RunUntilRefusedAsync(disk.Fill);
        disk.MakeRoom();
        await fixture.RunUntilRefusedAsync(() => { });
        await fixture.AssertDegradedAsync("writes");

        disk.Allow();
        await fixture.AssertRecoversAsync();
    }

    [SmallDiskFact]
    [Trait("Speed", "slow")]
    public async Task Killed_while_the_disk_is_full_nothing_acknowledged_is_lost()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data, repeats: true);
        for (var round = 0; round < 3; round++)
        {
            await fixture.Load.RunUntilSignedAsync(fixture.Http);
            // The first time a write is under way as the disk fills up, then writes are refused already.
            using var stop = new CancellationTokenSource();
            fixture.Load.Statuses.Clear();
            var people = fixture.Load.RunAsync(fixture.Http, 8, 4, stop.Token);
            await CampaignServer.UntilAsync(
                () =>
                {
                    disk.Fill();
                    return fixture.Load.Statuses.GetValueOrDefault(503) >= round * 10;
                },
                "writes are not refused"
            );
            await fixture.KillAsync();
            await stop.CancelAsync();
            await people;
            disk.MakeRoom();
            await fixture.ServeAsync();
        }
        await fixture.AssertRecoversAsync();
    }

    /// <summary>A serving process on that disk, with people who sign and confirm.</summary>
    private sealed class DiskFixture : IAsyncDisposable
    {
        private readonly AcknowledgedSignatures _acknowledged = new();
        private readonly string _data;
        private readonly string _staff;
        private CampaignProcess _server;

        private DiskFixture(string data, string staff, CampaignProcess server, bool repeats)
        {
            (_data, _staff, _server) = (data, staff, server);
            Load = SigningLoad.Of(data, _acknowledged, KillTests.Slug, repeats);
        }

        public SigningLoad Load { get; }

        public HttpClient Http => _server.Http;

        public static async Task<DiskFixture> StartAsync(string data, bool repeats = false)
        {
            var staff = await KillTests.StaffAsync(data);
            var server = await CampaignProcess.ServeAsync(data, "--Limits:Enabled=false");
            await KillTests.OpenAsync(server.Http, staff);
            return new DiskFixture(data, staff, server, repeats);
        }

        public Task KillAsync() => _server.KillAsync();

        /// <summary>Starts anew on what the killed process left.</summary>
        public async Task ServeAsync()
        {
            await _server.DisposeAsync();
            _server = await CampaignProcess.ServeAsync(_data, "--Limits:Enabled=false");
        }

        /// <summary>What room the log still has is used; then every write is refused.</summary>
        public async Task RunUntilRefusedAsync(Action again)
        {
            Load.Statuses.Clear();
            await CampaignServer.UntilAsync(
                async () =>
                {
                    again();
                    Load.Statuses.Clear();
                    await Load.RunAsync(Http, TimeSpan.FromMilliseconds(300));
                    return Load.Statuses.Keys.SequenceEqual([503]);
                },
                "writes are not refused",
                30
            );
        }

        /// <summary>
        /// Readiness names what is missing, while the process lives and shows what it knows.
        /// </summary>
        public async Task AssertDegradedAsync(string missing)
        {
            JsonObject ready = [];
            await CampaignServer.UntilAsync(
                async () =>
                    (ready = await (await Http.GetAsync("/healthz/ready")).BodyAsync())["missing"]!
                        .AsObject()
                        .ContainsKey(missing),
                $"readiness does not miss {missing}",
                10
            );
            Assert.Equal("not-ready", (string?)ready["status"]);
            await CampaignServer.Expect(200, await Http.GetAsync("/healthz/live"));
            await CampaignServer.Expect(200, await Http.GetAsync(KillTests.Counts));
            await CampaignServer.Expect(200, await Http.GetAsync($"/api/campaigns/{KillTests.Slug}"));
            await CampaignServer.Expect(200, await Http.GetAsync($"/c/{KillTests.Slug}"));
        }

        /// <summary>
        /// People sign and confirm again, those who were refused in between too, and all that was
        /// ever acknowledged is there.
        /// </summary>
        public async Task AssertRecoversAsync()
        {
            await CampaignServer.UntilAsync(
                async () => (int)(await Http.GetAsync("/healthz/ready")).StatusCode == 200,
                "not ready again"
            );
            Load.Statuses.Clear();
            await Load.RunUntilConfirmedAsync(Http);
            Assert.Equal([200, 202], Load.Statuses.Keys.Order());
            Assert.Empty(Load.Unexpected);
            await _acknowledged.AssertKeptAsync(_data, Http, _staff, KillTests.Slug);
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
