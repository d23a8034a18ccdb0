using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Retention;
using Campaigns.Worker.Time;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A machine whose clock is wrong by a year, temporarily or from the start: signing continues, no
/// signature is erased, no letter or entry is delayed.
/// </summary>
public sealed class ClockFaultTests : IDisposable
{
    private const string OverSlug = "long-ago";

    private static readonly TimeSpan _year = TimeSpan.FromDays(366);

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-clock-").FullName;
    private readonly MachineClock _machine = MachineClock.Running();
    private readonly AcknowledgedSignatures _acknowledged = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_ignores_a_clock_jump_of_a_year_while_people_sign()
    {
        await using var server = await CampaignServer.StartOnAsync(_machine, _folder, null, "--Limits:Enabled=false");
        var slug = await server.OpenCampaignAsync();
        var load = SigningLoad.Of(_folder, _acknowledged, slug);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var people = load.RunAsync(server.Http, 6, 3, stop.Token);
        await CampaignServer.UntilAsync(() => !_acknowledged.Confirmed.IsEmpty, "no signatures are confirmed");
        await server.SignAsync(slug, CampaignServer.Signature("before@example.org"));
        _acknowledged.People["before@example.org"] = "NO";
        _machine.Jump(_year);
        Assert.Contains("clock", (await MissingAsync(server)).Select(missing => missing.Key));
        await server.SignAsync(slug, CampaignServer.Signature("after@example.org"));
        _acknowledged.People["after@example.org"] = "NO";
        await stop.CancelAsync();
        await people;
        await server.RunAsync<ExpirePendingJob>();
        await server.RunAsync<EraseAfterJob>();
        _machine.Jump(-_year);
        Assert.Empty(await MissingAsync(server));
        Assert.Equal([200, 202], load.Statuses.Keys.Order());
        AssertNobodyForgotten(server);
        await CampaignServer.UntilAsync(
            () => server.Query<long>("SELECT count(*) FROM ledger_heads WHERE size > 0") > 0,
            "nothing is sealed"
        );
        AssertDatesAreToday(server);
        using var staff = await server.StaffAsync();
        await _acknowledged.AssertNothingLostAsync(
            _folder,
            server.Http,
            staff.DefaultRequestHeaders.Authorization!.Parameter!,
            slug
        );
    }

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_jump_of_a_year_and_back_changes_only_readiness(int direction)
    {
        await using var server = await CampaignServer.StartOnAsync(_machine, _folder, null, "--Limits:Enabled=false");
        var slug = await server.OpenCampaignAsync();
        await CloseOneAsync(server);
        using var staff = await server.StaffAsync();
        var load = SigningLoad.Of(_folder, _acknowledged, slug);
        await load.RunUntilConfirmedAsync(server.Http);
        foreach (var jump in (TimeSpan[])[_year * direction, _year * -2 * direction])
        {
            _machine.Jump(jump);
            var sealedBefore = server.Query<long>("SELECT count(*) FROM ledger_entries");
            await load.RunUntilConfirmedAsync(server.Http);
            Assert.Contains("clock", (await MissingAsync(server)).Select(missing => missing.Key));
            // The scheduled jobs continue too.
            await CampaignServer.UntilAsync(
                () => server.Query<long>("SELECT count(*) FROM ledger_entries") > sealedBefore,
                "nothing is sealed"
            );
            // Even if these jobs run, they find nothing to do.
            await server.RunAsync<ExpirePendingJob>();
            await server.RunAsync<EraseAfterJob>();
            await server.RunAsync<ForgetSuppressionsJob>();
            await server.RunAsync<DestroyNetworkKeysJob>();
            await AssertPacketAsync(server, staff, slug);
        }
        _machine.Jump(_year * direction);
        Assert.Empty(await MissingAsync(server));
        await load.RunUntilConfirmedAsync(server.Http);
        Assert.Equal([200, 202], load.Statuses.Keys.Order());
        AssertNobodyForgotten(server);
        AssertDatesAreToday(server);
        await _acknowledged.AssertNothingLostAsync(
            _folder,
            server.Http,
            staff.DefaultRequestHeaders.Authorization!.Parameter!,
            slug
        );
    }

    [Fact]
    public async Task Start_with_clock_a_year_ahead_erases_nothing_and_is_undone_on_correction()
    {
        var pending = "";
        await using (var before = await CampaignServer.StartOnAsync(_machine, _folder))
        {
            var open = await before.OpenCampaignAsync();
            await CloseOneAsync(before);
            await before.SignAsync(open, CampaignServer.Signature("pending@example.org"));
            pending = (await before.Mail.WaitForAsync("pending@example.org", "/confirm/")).Token("/confirm/");
            await before.RunAsync<MonitorClockJob>();
        }
        _machine.Jump(_year);
        var newest = 0L;
        await using (
            var ahead = await CampaignServer.StartOnAsync(
                _machine,
                _folder,
                null,
                "--Ledger:MinBatch=1000",
                "--Ledger:MaxDelay=00:10:00"
            )
        )
        {
            Assert.Contains(
                "ahead of what this database knew",
                (string?)(await MissingAsync(ahead))["clock"],
                StringComparison.Ordinal
            );
            // Every job runs at the start. The result of a second job shows that all had their turn.
            await ahead.SignAndConfirmAsync("chechnya-2019", CampaignServer.Signature("ahead@example.org"));
            await ahead.WaitForMailAsync();
            AssertNobodyForgotten(ahead);

            _machine.Jump(-_year);
            Assert.Empty(await MissingAsync(ahead));
            await ahead.RunAsync<MonitorClockJob>();
            Assert.Equal(
                0,
                ahead.Query<long>("SELECT count(*) FROM ledger_queue WHERE queued_at > @now", new { now = Now })
            );
            Assert.Equal(
                0,
                ahead.Query<long>("SELECT count(*) FROM letters WHERE created_at > @now", new { now = Now })
            );
            _acknowledged.People["pending@example.org"] = _acknowledged.People["ahead@example.org"] = "NO";
            _acknowledged.Confirmed["pending@example.org"] = pending;
            await ahead.ConfirmAsync(pending);
            newest = ahead.Query<long>("SELECT max(id) FROM letters");
        }
        await using var after = await CampaignServer.StartOnAsync(_machine, _folder);
        await after.SignAsync("chechnya-2019", CampaignServer.Signature("after@example.org"));
        _acknowledged.People["after@example.org"] = "NO";
        Assert.True(after.Query<long>("SELECT max(id) FROM signatures") > newest, "an id was given out a second time");
        await after.RunAsync<SealLedgerJob>();
        await CampaignServer.UntilAsync(
            () => after.Query<long>("SELECT count(*) FROM ledger_queue") == 0,
            "entries queued under the fast clock are not sealed"
        );
        using var staff = await after.StaffAsync();
        await _acknowledged.AssertNothingLostAsync(
            _folder,
            after.Http,
            staff.DefaultRequestHeaders.Authorization!.Parameter!,
            "chechnya-2019"
        );
    }

    private long Now => _machine.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Closes a campaign whose retention period ends within the year.</summary>
    private static async Task CloseOneAsync(CampaignServer server)
    {
        await server.OpenCampaignAsync(OverSlug);
        await server.SignAndConfirmAsync(OverSlug, CampaignServer.Signature("long-ago@example.org"));
        await CampaignServer.UntilAsync(
            () =>
                Task.FromResult(server.Query<long>("SELECT count(*) FROM signatures WHERE ledger_n IS NOT NULL") == 1),
            "not sealed"
        );
        await server.WaitForMailAsync();
        using var staff = await server.StaffAsync();
        await CampaignServer.Expect(204, await staff.PostAsync($"/api/staff/campaigns/{OverSlug}/close", null));
    }

    private static async Task AssertPacketAsync(CampaignServer server, HttpClient staff, string slug)
    {
        var asked = await CampaignServer.Expect(
            202,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{slug}/packets",
                new
                {
                    recipient = "president",
                    disclosure = "count",
                    locale = "en",
                }
            )
        );
        await CampaignServer.UntilAsync(
            async () =>
                (string?)(await staff.GetFromJsonAsync<JsonObject>(asked.Headers.Location))!["status"] == "ready",
            "the packet is not ready"
        );
    }

    private static async Task<JsonObject> MissingAsync(CampaignServer server) =>
        (await (await server.Http.GetAsync("/healthz/ready")).BodyAsync())["missing"]!.AsObject();

    private static void AssertNobodyForgotten(CampaignServer server) =>
        Assert.Equal(
            0,
            server.Query<long>(
                """
                SELECT count(*) FROM signatures
                WHERE contact IS NULL OR person IS NULL OR state NOT IN ('pending', 'confirmed')
                """
            )
        );

    private void AssertDatesAreToday(CampaignServer server)
    {
        var near = TimeSpan.FromMinutes(10).TotalMilliseconds;
        foreach (var column in (string[])["signed_at", "confirmed_at", "disclosed_at"])
            Assert.InRange(server.Query<long>($"SELECT max(abs({column} - {Now})) FROM signatures"), 0, near);
        Assert.InRange(server.Query<long>($"SELECT max(abs(due_at - {Now})) FROM letters"), 0, near);
        Assert.InRange(
            server.Query<long>($"SELECT max(abs(sealed_at - {Now})) FROM ledger_heads WHERE size > 0"),
            0,
            near
        );
        Assert.True(server.Query<long>("SELECT max(id) FROM letters") < Ids.First(_machine.GetUtcNow().AddMinutes(1)));
    }
}
