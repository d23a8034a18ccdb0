using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Staff;

/// <summary>
/// Walks every screen and every JSON address that reads, by their routes and by the links of the
/// screens, with each role, and looks for what must not be there.
/// </summary>
public sealed partial class ScopeWalkTests : IAsyncLifetime
{
    private const string Name = "Qvriesman";
    private const string Place = "Qdorpstede";
    private const string ForeignRecipient = "Qgezantschap";

    private static readonly string[] _people = [Name, Name.ToLowerInvariant(), Place];

    private CampaignServer _server = null!;
    private string _slug = null!;
    private string _signature = null!;
    private string _packet = null!;
    private string _ownPacket = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--environment=Development");
        _slug = await _server.OpenCampaignAsync(change: body =>
            body["recipients"] = new JsonArray(
                Recipient("hague", ForeignRecipient, "NL"),
                Recipient("london", "Own", "GB")
            )
        );
        var signature = CampaignServer.Signature($"{Name.ToLowerInvariant()}@example.org", Name, "NL");
        signature["locality"] = Place;
        await _server.SignAndConfirmAsync(_slug, signature);
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("own@example.org", "Own Person", "GB"));
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_entries") == 2,
            "nothing is sealed"
        );
        using var staff = await _server.StaffAsync();
        _packet = await PacketOrders.OrderAsync(staff, _slug, recipient: "hague", disclosure: "name");
        _ownPacket = await PacketOrders.OrderAsync(staff, _slug, recipient: "london");
        await PacketOrders.ReadyAsync(staff, _packet);
        await PacketOrders.ReadyAsync(staff, _ownPacket);
        _signature = Ids.Text(_server.Query<long>("SELECT id FROM signatures WHERE country = 'NL'"));
        // A number that stands nowhere else.
        foreach (var table in (string[])["counters", "counters_by_day"])
            await _server.WriteAsync($"UPDATE {table} SET value = value + 918270 WHERE country = 'NL'");
        await _server.WriteAsync(
            "UPDATE counters_by_hour SET signed = 918271, letters = 918272, confirmed = 918273 WHERE country = 'NL'"
        );
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Organiser_finds_nothing_of_other_countries()
    {
        using var organiser = await ConsoleClient.SignInAsync(_server, Role.Organiser, "GB");
        var walked = await WalkAsync(organiser.Http);
        Assert.Contains(walked, page =>
            page.Address.Contains(_ownPacket, StringComparison.Ordinal) && page.Status == 200
        );
        string[] foreign = [.. _people, ForeignRecipient, "countries/NL", "\"NL\"", "Netherlands", _packet, _signature];
        AssertNowhere(walked, foreign);
        Assert.All(walked, page => Assert.DoesNotMatch(ForeignTotal(), page.Body));
        Assert.All(walked.Where(page => page.Address.Contains(_packet, StringComparison.Ordinal)), page =>
            Assert.Equal((page.Address, 404), (page.Address, page.Status))
        );
    }

    [Fact]
    public async Task Auditor_finds_no_person()
    {
        using var auditor = await ConsoleClient.SignInAsync(_server, Role.Auditor);
        var walked = await WalkAsync(auditor.Http);
        Assert.Contains(walked, page => ForeignTotal().IsMatch(page.Body));
        AssertNowhere(walked, _people);
    }

    [Theory, InlineData(Role.Administrator), InlineData(Role.Campaigner)]
    public async Task Person_stands_only_where_one_signature_is_looked_at(string role)
    {
        using var member = await ConsoleClient.SignInAsync(_server, role);
        var walked = await WalkAsync(member.Http);
        var person = walked.Where(page => page.Address.Contains($"/signatures/{_signature}", StringComparison.Ordinal));
        Assert.Contains(person, page => page.Body.Contains(Name, StringComparison.Ordinal));
        Assert.Contains(walked, page => ForeignTotal().IsMatch(page.Body));
        Assert.Contains(walked, page => page.Body.Contains(ForeignRecipient, StringComparison.Ordinal));
        AssertNowhere([.. walked.Except(person)], _people);
    }

    [Fact]
    public async Task Stranger_finds_nothing()
    {
        var walked = await WalkAsync(_server.Http);
        AssertNowhere(walked, [.. _people, ForeignRecipient, _packet, _signature]);
        Assert.All(walked.Where(page => page.Address.StartsWith("/api/staff", StringComparison.Ordinal)), page =>
            Assert.Equal((page.Address, 401), (page.Address, page.Status))
        );
    }

    private static void AssertNowhere(IReadOnlyList<Page> walked, IReadOnlyList<string> words)
    {
        var found = walked.SelectMany(page =>
            words
                .Where(word => page.Body.Contains(word, StringComparison.Ordinal))
                // A refusal may repeat its own address.
                .Where(word => page.Status == 200 || !page.Address.Contains(word, StringComparison.Ordinal))
                .Select(word => $"{page.Address} has {word}")
        );
        Assert.Empty(found);
    }

    private async Task<List<Page>> WalkAsync(HttpClient http)
    {
        var waiting = new Queue<string>(Routes().SelectMany(Fill).Distinct());
        var seen = waiting.ToHashSet(StringComparer.Ordinal);
        var walked = new List<Page>();
        while (waiting.TryDequeue(out var address))
        {
            using var answer = await http.GetAsync(address);
            var body = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            Assert.True((int)answer.StatusCode < 500, $"{address}: {answer.StatusCode}");
            walked.Add(new Page(address, (int)answer.StatusCode, body));
            foreach (Match link in Link().Matches(body))
                if (link.Groups[1].Value.Split('#')[0] is var next && !IsEndless(next) && seen.Add(next))
                    waiting.Enqueue(next);
        }
        return walked;
    }

    private IEnumerable<string> Routes() =>
        _server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) != false
            )
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/'))
            .Where(route => Regex.IsMatch(route, "^/(staff|api/staff)(/|$)") && !IsEndless(route));

    // Every parameter with everything that it may name.
    private IEnumerable<string> Fill(string route) =>
        from id in (string[])[_signature, _packet, _ownPacket, "17"]
        from country in (string[])["NL", "GB"]
        select route
            .Replace("{slug}", _slug, StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{code}", country, StringComparison.Ordinal)
            .Replace("{token}", "none", StringComparison.Ordinal);

    // A stream has no end (LiveStreamTests); the board of jobs has pages about each run.
    private static bool IsEndless(string address) =>
        address.EndsWith("/live", StringComparison.Ordinal)
        || address.StartsWith("/staff/jobs/", StringComparison.Ordinal)
        || address.Contains("after=", StringComparison.Ordinal)
        || address.Contains("lang=", StringComparison.Ordinal);

    private static JsonObject Recipient(string key, string name, string country) =>
        new()
        {
            ["key"] = key,
            ["name"] = name,
            ["address"] = "Street 1",
            ["countries"] = new JsonArray(country),
            ["risk"] = "low",
            ["maxDisclosure"] = "name",
        };

    [GeneratedRegex("918\\D{0,6}27\\d")]
    private static partial Regex ForeignTotal();

    [GeneratedRegex("(?:href|action)=\"(/(?:api/)?staff[^\"]*)\"")]
    private static partial Regex Link();

    private sealed record Page(string Address, int Status, string Body);
}
