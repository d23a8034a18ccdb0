using System.Text.Json.Nodes;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>
/// The disk fails while people sign and confirm, and recovers: no acknowledged write is lost, and
/// no restart is needed. The disk is that of the SQLite file.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class DiskFaultTests
{
    [SmallDiskFact]
    public async Task Full_disk_is_reported_and_writes_are_refused_until_space_is_free()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data);
        await fixture.Load.RunUntilConfirmedAsync(fixture.Http);

        disk.Fill();
        await fixture.RunUntilRefusedAsync(disk.Fill);
        await fixture.AssertDegradedAsync("writes");

        disk.FreeSpace();
        await fixture.AssertRecoversAsync();
    }

    [SmallDiskFact]
    public async Task Read_only_folder_is_reported_and_used_again_once_writable()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data);
        await fixture.Load.RunUntilConfirmedAsync(fixture.Http);

        // Open files stay writable: people can sign, but no new letter can be written.
        disk.MakeReadOnly();
        await fixture.Load.RunUntilSignedAsync(fixture.Http);
        await fixture.AssertDegradedAsync("mail");
        Assert.DoesNotContain(503, fixture.Load.Statuses.Keys);

        // A failed write closes the database file. From then on the file is read-only like the folder.
        disk.Fill();
        await fixture.RunUntilRefusedAsync(disk.Fill);
        disk.FreeSpace();
        await fixture.RunUntilRefusedAsync(() => { });
        await fixture.AssertDegradedAsync("writes");

        disk.MakeWritable();
        await fixture.AssertRecoversAsync();
    }

    [SmallDiskFact]
    [Trait("Speed", "slow")]
    public async Task Kill_while_the_disk_is_full_loses_nothing_acknowledged()
    {
        using var disk = new SmallDisk();
        await using var fixture = await DiskFixture.StartAsync(disk.Data, repeats: true);
        for (var round = 0; round < 3; round++)
        {
            await fixture.Load.RunUntilSignedAsync(fixture.Http);
            // In the first round a write is under way as the disk fills up; in the second, writes are already
            // refused.
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
            disk.FreeSpace();
            await fixture.ServeAsync();
        }
        await fixture.AssertRecoversAsync();
    }

    /// <summary>A running server on that disk, with people who sign and confirm.</summary>
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

        /// <summary>Starts the server on the data that the killed process left.</summary>
        public async Task ServeAsync()
        {
            await _server.DisposeAsync();
            _server = await CampaignProcess.ServeAsync(_data, "--Limits:Enabled=false");
        }

        /// <summary>The log may use its remaining space; then every write is refused.</summary>
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
        /// Readiness names the missing resource, while the process lives and serves cached data.
        /// </summary>
        public async Task AssertDegradedAsync(string missing)
        {
            JsonObject ready = [];
            await CampaignServer.UntilAsync(
                async () =>
                    (ready = await (await Http.GetAsync("/healthz/ready")).BodyAsync())["missing"]!
                        .AsObject()
                        .ContainsKey(missing),
                $"readiness does not name {missing}",
                10
            );
            Assert.Equal("not-ready", (string?)ready["status"]);
            await CampaignServer.Expect(200, await Http.GetAsync("/healthz/live"));
            await CampaignServer.Expect(200, await Http.GetAsync(KillTests.Counts));
            await CampaignServer.Expect(200, await Http.GetAsync($"/api/campaigns/{KillTests.Slug}"));
            await CampaignServer.Expect(200, await Http.GetAsync($"/c/{KillTests.Slug}"));
        }

        /// <summary>
        /// People sign and confirm again, including those who were refused, and everything
        /// acknowledged is there.
        /// </summary>
        public async Task AssertRecoversAsync()
        {
            await CampaignServer.UntilAsync(
                async () => (int)(await Http.GetAsync("/healthz/ready")).StatusCode == 200,
                "the server does not become ready"
            );
            Load.Statuses.Clear();
            await Load.RunUntilConfirmedAsync(Http);
            Assert.Equal([200, 202], Load.Statuses.Keys.Order());
            Assert.Empty(Load.Unexpected);
            await _acknowledged.AssertNothingLostAsync(_data, Http, _staff, KillTests.Slug);
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
