using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Document;

/// <summary>
/// Random requests to every operation of the OpenAPI document. No answer is a 5xx, and every answer
/// has a status and a body that the document describes.
/// </summary>
public sealed class DocumentFuzzTests : IAsyncLifetime
{
    private const string Closed = "fuzz-closed";

    private CampaignServer _server = null!;

    public async Task InitializeAsync() => _server = await CampaignServer.StartAsync(null, "--Limits:Enabled=false");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public Task Answers_to_random_requests_are_those_of_the_document() => FuzzAsync(rounds: 60);

    [Fact]
    [Trait("Speed", "slow")]
    public Task Answers_to_many_random_requests_are_those_of_the_document() => FuzzAsync(rounds: 1_500);

    private async Task FuzzAsync(int rounds)
    {
        var seed = TestSeed.Next();
        var document = await _server.GetJsonAsync("/openapi/v1.json");
        var requests = new FuzzedRequests(document, new Random(seed), await KnownAsync());
        var schema = new DocumentSchema(document);
        var seen = new HashSet<int>();
        for (var round = 0; round < rounds; round++)
            foreach (var operation in requests.Operations)
            {
                using var request = requests.Next(operation);
                var sent = await DescribeAsync(request);
                using var answer = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                var problem = await CompareAsync(answer, operation, schema);
                Assert.True(problem is null, $"{problem}\n{sent}\nCAMPAIGN_TEST_SEED={seed}");
                seen.Add((int)answer.StatusCode);
            }
        // Otherwise the requests would all fail the first check, and say nothing about what follows.
        Assert.Superset(new HashSet<int> { 200, 202, 204, 400, 401, 404, 409, 413, 415 }, seen);
    }

    /// <summary>What an answer has that the document does not describe; null for nothing.</summary>
    private static async Task<string?> CompareAsync(
        HttpResponseMessage answer,
        DescribedOperation operation,
        DocumentSchema schema
    )
    {
        var status = (int)answer.StatusCode;
        var described = operation.Content["responses"]![status.ToString(CultureInfo.InvariantCulture)];
        if (status >= 500 || described is null)
            return $"{status} of {operation.Method} {operation.Path}: {await answer.Content.ReadAsStringAsync()}";
        if (answer.RequestMessage!.Method == HttpMethod.Head)
            return null;
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type == "text/event-stream")
            return described["content"]![type] is null ? $"{status} has no {type}" : null;
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (described["content"] is not JsonObject contents)
            return body.Length > 0 ? $"{status} has a body" : null;
        if (type is null || contents[type] is not { } content)
            return $"{status} has no body of type {type}";
        if (type is not ("application/json" or "application/problem+json"))
            return null;
        var errors = schema.Compare(JsonNode.Parse(body), content["schema"]);
        return errors.Count > 0 ? $"{status}: {string.Join(", ", errors)}" : null;
    }

    private async Task<Dictionary<string, IReadOnlyList<string>>> KnownAsync()
    {
        var slug = await _server.OpenCampaignAsync();
        await _server.OpenCampaignAsync(Closed);
        using var administrator = await _server.StaffAsync();
        await CampaignServer.Expect(204, await administrator.PostAsync($"/api/staff/campaigns/{Closed}/close", null));
        var draft = Example.Campaign();
        draft["slug"] = "fuzz-draft";
        await CampaignServer.Expect(201, await administrator.PostAsJsonAsync("/api/staff/campaigns", draft));
        var manage = new List<string>();
        for (var signer = 0; signer < 4; signer++)
            manage.Add(await _server.SignAndConfirmAsync(slug, CampaignServer.Signature($"fuzz{signer}@example.org")));
        await _server.SignAsync(slug, CampaignServer.Signature("pending@example.org"));
        var letter = await _server.Mail.WaitForAsync("pending@example.org", "/confirm/");
        var packet = await administrator.PostAsJsonAsync(
            $"/api/staff/campaigns/{slug}/packets",
            new { recipient = "embassy-london" }
        );
        var id = (string)(await packet.BodyAsync())["id"]!;
        await CampaignServer.UntilAsync(
            async () =>
                (string?)(await (await administrator.GetAsync($"/api/staff/packets/{id}")).BodyAsync())["status"]
                == "ready",
            "the packet is not ready"
        );
        return new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["slug"] = [slug, slug, slug, Closed, "fuzz-draft", "fuzz-new", "nowhere"],
            ["id"] =
            [
                id,
                id,
                _server.Query<long>("SELECT min(id) FROM signatures").ToString(CultureInfo.InvariantCulture),
                "1",
            ],
            ["n"] = ["0", "1", "2", "99"],
            ["size"] = ["0", "1", "4", "99"],
            ["from"] = ["0", "1", "2019-05-17"],
            ["to"] = ["0", "2", "99"],
            ["token"] = [letter.Token("/confirm/"), letter.Token("/confirm/"), letter.Token("/not-me/")],
            ["textHash"] = [TextHash(await _server.GetJsonAsync($"/api/campaigns/{slug}"))],
            ["recipient"] = ["embassy-london", "embassy-oslo", "nobody"],
            ["manage"] = manage,
            ["staff"] = [.. await TokensAsync()],
        };
    }

    private async Task<List<string>> TokensAsync()
    {
        var tokens = new List<string>();
        foreach (var role in (string[])[Role.Administrator, Role.Campaigner, Role.Organiser, Role.Auditor])
        {
            using var member = await _server.StaffAsync(role, role == Role.Organiser ? ["GB"] : []);
            tokens.Add(member.DefaultRequestHeaders.Authorization!.Parameter!);
        }
        return tokens;
    }

    private static string TextHash(JsonObject campaign) => (string)campaign["texts"]!["en"]!["hash"]!;

    private static async Task<string> DescribeAsync(HttpRequestMessage request)
    {
        var body = request.Content is null ? "" : Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync());
        return $"{request.Method} {request.RequestUri}\n{request.Headers}{request.Content?.Headers}\n"
            + body[..Math.Min(body.Length, 2_000)];
    }
}
