using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Keys;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Mail;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A damaged row: the log and readiness name it, other rows are processed, and once repaired it is
/// processed without further action.
/// </summary>
public sealed class DamagedRowTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-poison-").FullName;
    private readonly AcknowledgedSignatures _acknowledged = new();
    private CampaignServer _server = null!;
    private HttpClient _staff = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(_folder, "--Limits:Enabled=false");
        _slug = await _server.OpenCampaignAsync();
        _staff = await _server.StaffAsync();
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Failed_write_fails_alone_in_its_batch()
    {
        await _server.WriteAsync(
            TestSql.CreateTrigger(
                "poison",
                "signatures",
                "NEW.country = 'FR'",
                "UPDATE signatures SET state = 'poison' WHERE id = NEW.id"
            )
        );
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => PostAsync($"n{i}@example.org", i % 6 == 0 ? "FR" : "NO"))
        );
        Assert.All(answers, answer => Assert.Equal(answer.Country == "FR" ? 500 : 202, answer.Status));
        await _server.WriteAsync(TestSql.DropTrigger("poison", "signatures"));
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 10).Select(i => PostAsync($"n{i * 6}@example.org", "FR"))),
            answer => Assert.Equal(202, answer.Status)
        );
        await AssertNothingLostAsync();
    }

    [Fact]
    public async Task Damaged_letters_are_logged_and_sent_after_repair()
    {
        foreach (var name in (string[])["unopenable", "unreadable"])
            await SignAsync(name, "NO");
        await _server.WaitForMailAsync();
        var contact = _server.Query<byte[]>($"SELECT contact FROM signatures WHERE id = {IdOf("unopenable")}");
        var createdAt = _server.Query<long>(
            $"SELECT created_at FROM letters WHERE signature_id = {IdOf("unreadable")}"
        );
        await _server.WriteAsync(
            $"""
            UPDATE signatures SET contact = @broken WHERE id = {IdOf("unopenable")};
            UPDATE letters SET created_at = @never WHERE signature_id = {IdOf("unreadable")};
            INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
            SELECT 1, campaign_id, 1, kind, locale, generation, 'queued', {createdAt}, 0 FROM letters LIMIT 1;
            UPDATE letters SET state = 'queued', due_at = 0 WHERE state = 'sent'
            """,
            new { broken = new byte[60], never = long.MaxValue }
        );
        foreach (var name in (string[])["one", "two", "three"])
            await SignAsync(name, "GB");
        foreach (var name in (string[])["one", "two", "three"])
            await _server.Mail.WaitForAsync(name + "@example.org", "/confirm/");
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM letters WHERE state = 'queued'") == 2,
            "the other letters are not marked"
        );
        Assert.Equal("cancelled", _server.Query<string>("SELECT state FROM letters WHERE id = 1"));
        var log = ReadLog();
        foreach (var name in (string[])["unopenable", "unreadable"])
            Assert.Contains(
                Ids.Text(_server.Query<long>($"SELECT id FROM letters WHERE signature_id = {IdOf(name)}")),
                log,
                StringComparison.Ordinal
            );

        await _server.WriteAsync(
            $"UPDATE signatures SET contact = @contact WHERE id = {IdOf("unopenable")}",
            new { contact }
        );
        await _server.WriteAsync(
            $"UPDATE letters SET created_at = {createdAt} WHERE signature_id = {IdOf("unreadable")}"
        );
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        await _server.RunAsync<SendLettersJob>();
        await AssertNothingLostAsync();
    }

    [Fact]
    public async Task Damaged_entry_is_quarantined_and_reported_until_repaired()
    {
        await _server.WriteAsync(
            TestSql.CreateTrigger(
                "spoil",
                "ledger_queue",
                "NEW.country = 'GB'",
                "UPDATE ledger_queue SET commitment = NULL WHERE id = NEW.id"
            )
        );
        await SignAsync("spoilt", "GB", confirm: true);
        foreach (var name in (string[])["one", "two"])
            await SignAsync(name, "NO", confirm: true);
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 2,
            "the other entries are not sealed"
        );
        await CampaignServer.UntilAsync(
            async () =>
                (await MissingAsync())["ledger"] is { } said
                && said.ToString().Contains("damaged", StringComparison.Ordinal),
            "readiness does not report the entry"
        );
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM ledger_queue"));
        await CampaignServer.UntilAsync(
            () => ReadLog().Contains("entries of campaign", StringComparison.Ordinal),
            "the log does not report the entry"
        );

        await _server.WriteAsync(TestSql.DropTrigger("spoil", "ledger_queue"));
        await _server.WriteAsync(
            """
            UPDATE ledger_queue
            SET commitment = (SELECT commitment FROM signatures s WHERE s.id = ledger_queue.signature_id)
            """
        );
        await _server.RunAsync<RequeueRepairedJob>();
        await CampaignServer.UntilAsync(
            async () => (await MissingAsync()).Count == 0,
            "the server does not become ready"
        );
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 3,
            "the repaired entry is not sealed"
        );
        await AssertNothingLostAsync();

        // The operator deletes an entry without signature by hand.
        await _server.WriteAsync(
            """
            INSERT INTO ledger_queue (id, campaign_id, kind, country, queued_at)
            SELECT 1, id, 'remove', 'GB', 0 FROM campaigns
            """
        );
        await CampaignServer.UntilAsync(
            async () => (await MissingAsync()).ContainsKey("ledger"),
            "readiness does not report the entry"
        );
        await _server.WriteAsync("DELETE FROM ledger_queue WHERE id = 1");
        await CampaignServer.UntilAsync(
            async () => (await MissingAsync()).Count == 0,
            "the server does not become ready"
        );

        // Removals for published lines that were never imported are not damage. They are discarded with the next
        // batch.
        await _server.WriteAsync(
            """
            INSERT INTO ledger_queue (id, campaign_id, kind, country, reason, queued_at, state)
            SELECT 1, id, 'remove', 'GB', 'signer', 0, 'owed' FROM campaigns
            """
        );
        await SignAsync("three", "NO", confirm: true);
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 4,
            "the next entry is not sealed"
        );
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM ledger_queue"));
        Assert.Empty(await MissingAsync());
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Signer_who_cannot_be_decrypted_fails_only_their_packet_until_repaired()
    {
        await SignAsync("spoilt", "GB", confirm: true);
        await SignAsync("one", "NO", confirm: true);
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 2,
            "not sealed"
        );
        var person = _server.Query<byte[]>($"SELECT person FROM signatures WHERE id = {IdOf("spoilt")}");
        await _server.WriteAsync(
            $"UPDATE signatures SET person = @broken WHERE id = {IdOf("spoilt")}",
            new { broken = new byte[60] }
        );
        var spoilt = await AskAsync("GB");
        var whole = await AskAsync("NO");
        await BecomesAsync(whole, "ready");
        await BecomesAsync(spoilt, "failed");

        await _server.WriteAsync($"UPDATE signatures SET person = @person WHERE id = {IdOf("spoilt")}", new { person });
        await CampaignServer.Expect(202, await _staff.PostAsync($"{spoilt}/rebuild", null));
        await BecomesAsync(spoilt, "ready");
        await AssertNothingLostAsync();
    }

    private async Task<(string Country, int Status)> PostAsync(string address, string country)
    {
        var answer = await _server.Http.PostAsJsonAsync(
            $"/api/campaigns/{_slug}/signatures",
            CampaignServer.Signature(address, country: country)
        );
        if ((int)answer.StatusCode == 202)
            _acknowledged.People[address] = country;
        return (country, (int)answer.StatusCode);
    }

    private async Task SignAsync(string name, string country, bool confirm = false)
    {
        var address = name + "@example.org";
        Assert.Equal(202, (await PostAsync(address, country)).Status);
        if (!confirm)
            return;
        var link = (await _server.Mail.WaitForAsync(address, "/confirm/")).Token("/confirm/");
        await _server.ConfirmAsync(link);
        _acknowledged.Confirmed[address] = link;
    }

    /// <summary>The id of that person's signature, found through the link in the letter.</summary>
    private long IdOf(string name)
    {
        var keys = (KeyRing)_server.Services.GetService(typeof(KeyRing))!;
        var campaignId = _server.Query<long>("SELECT id FROM campaigns");
        return _server.Query<long>(
            "SELECT id FROM signatures WHERE blind_index = @index",
            new { index = keys.BlindIndex.Compute(campaignId, name + "@example.org") }
        );
    }

    private async Task<string> AskAsync(string country)
    {
        var asked = await CampaignServer.Expect(
            202,
            await _staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{_slug}/packets",
                new
                {
                    recipient = "president",
                    countries = new[] { country },
                    disclosure = "initials",
                    locale = "en",
                }
            )
        );
        var address = asked.Headers.Location!.ToString();
        await PacketOrders.ApproveAsync(_server, address.Split('/')[^1]);
        return address;
    }

    private Task BecomesAsync(string packet, string status) =>
        CampaignServer.UntilAsync(
            async () => (string?)(await _staff.GetFromJsonAsync<JsonObject>(packet))!["status"] == status,
            $"the packet is not {status}"
        );

    private async Task<JsonObject> MissingAsync() =>
        (await (await _server.Http.GetAsync("/healthz/ready")).BodyAsync())["missing"]!.AsObject();

    private string ReadLog()
    {
        using var file = new StreamReader(
            new FileStream(Path.Combine(_folder, "test.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
        );
        return file.ReadToEnd();
    }

    private Task AssertNothingLostAsync() =>
        _acknowledged.AssertNothingLostAsync(
            _folder,
            _server.Http,
            _staff.DefaultRequestHeaders.Authorization!.Parameter!,
            _slug
        );
}
