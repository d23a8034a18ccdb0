using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Counts;

/// <summary>What the console learns while it is open.</summary>
public sealed class LiveStreamTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Stream_sends_counts_packets_and_letters_as_they_change()
    {
        using var staff = await _server.StaffAsync(Role.Campaigner);
        using var stream = await OpenAsync(staff);
        Assert.Equal(0, (long)(await NextAsync(stream, "counts"))["confirmed"]!);
        Assert.Equal(0, (long)(await NextAsync(stream, "letters"))["stuck"]!);
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("live@example.org"));
        var counts = await NextAsync(stream, "counts");
        Assert.Equal((_slug, 1), ((string)counts["campaign"]!, (long)counts["confirmed"]!));

        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 1,
            "nothing is sealed"
        );
        var id = await PacketOrders.OrderAsync(staff, _slug);
        JsonObject packet;
        do packet = await NextAsync(stream, "packet");
        while ((string)packet["status"]! != "ready");
        Assert.Equal(id, (string)packet["id"]!);
    }

    [Fact]
    public async Task Organiser_gets_the_own_countries_and_neither_letters_nor_problems()
    {
        using var organiser = await _server.StaffAsync(Role.Organiser, "GB");
        using var stream = await OpenAsync(organiser);
        await NextAsync(stream, "counts");
        using var staff = await _server.StaffAsync();
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("nl@example.org", country: "NL"));
        await PacketOrders.OrderAsync(staff, _slug);
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("gb@example.org", country: "GB"));
        var (name, data) = await NextAsync(stream);
        Assert.Equal(("counts", 1), (name, (long)data["confirmed"]!));
    }

    [Fact]
    public async Task Stream_ends_with_the_access_of_its_member()
    {
        using var staff = await _server.StaffAsync(Role.Auditor);
        using var stream = await OpenAsync(staff);
        await NextAsync(stream, "problem");
        await _server.WriteAsync("UPDATE staff SET revoked_at = 1 WHERE role = 'auditor'");
        while (await stream.ReadLineAsync() is not null)
        {
            // Until the server ends it; otherwise the test ends by its limit of time.
        }
        using var after = await staff.GetAsync(Address(_slug));
        Assert.Equal(401, (int)after.StatusCode);
    }

    [Fact]
    public async Task Campaigns_out_of_reach_have_no_stream()
    {
        using var staff = await _server.StaffAsync();
        await (await staff.GetAsync(Address("none"))).ProblemAsync(404, "not-found");
        using var organiser = await _server.StaffAsync(Role.Organiser, "GB");
        await _server.WriteAsync("UPDATE campaigns SET state = 'draft'");
        await (await organiser.GetAsync(Address(_slug))).ProblemAsync(404, "not-found");
    }

    private static string Address(string slug) => $"/api/staff/campaigns/{slug}/live";

    private async Task<StreamReader> OpenAsync(HttpClient client)
    {
        var answer = await CampaignServer.Expect(
            200,
            await client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, Address(_slug)),
                HttpCompletionOption.ResponseHeadersRead
            )
        );
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    private static async Task<JsonObject> NextAsync(StreamReader stream, string name)
    {
        while (true)
        {
            var next = await NextAsync(stream);
            if (next.Name == name)
                return next.Data;
        }
    }

    private static async Task<(string Name, JsonObject Data)> NextAsync(StreamReader stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var name = "";
        while (await stream.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return (name, JsonNode.Parse(line[6..])!.AsObject());
        }
        throw new EndOfStreamException("The stream has ended.");
    }
}
