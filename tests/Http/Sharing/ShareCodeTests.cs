using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Sharing;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Sharing;

/// <summary>Codes by which staff see which channel brings people.</summary>
public sealed class ShareCodeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Visits_and_forms_count_under_their_code_and_others_together()
    {
        var (slug, codes) = await OpenAsync("shared");
        var made = await CampaignServer.Expect(201, await CreateAsync(codes, "choir", "The choir"));
        Assert.Equal($"{codes}/choir", made.Headers.Location!.ToString());
        await VisitAsync($"/c/{slug}?s=choir");
        await VisitAsync($"/embed/{slug}?s=choir");
        await VisitAsync($"/c/{slug}");
        await VisitAsync($"/c/{slug}?s=invented");
        await VisitAsync($"/c/{slug}?s=%3Cscript%3E");
        using (var head = new HttpRequestMessage(HttpMethod.Head, $"/c/{slug}?s=choir"))
            await CampaignServer.Expect(200, await shared.Http.SendAsync(head));
        using (var early = new HttpRequestMessage(HttpMethod.Get, $"/c/{slug}?s=choir"))
        {
            early.Headers.Add("Sec-Purpose", "prefetch");
            await CampaignServer.Expect(200, await shared.Http.SendAsync(early));
        }
        await PostAsync($"/c/{slug}", "one@share.example", "choir");
        // A repeated request counts the same, or the figures would tell who had signed before.
        await PostAsync($"/c/{slug}", "one@share.example", "choir");
        await PostAsync($"/embed/{slug}", "two@share.example", "choir");
        await PostAsync($"/c/{slug}", "three@share.example", "invented");
        var found = await ListAsync(codes);
        var code = Assert.Single(found["items"]!.AsArray())!;
        Assert.Equal(
            ("choir", "The choir", 2, 3),
            ((string)code["code"]!, (string)code["title"]!, (int)code["visits"]!, (int)code["signed"]!)
        );
        Assert.EndsWith($"/c/{slug}?s=choir", (string)code["url"]!, StringComparison.Ordinal);
        Assert.Equal((2, 1), ((int)found["other"]!["visits"]!, (int)found["other"]!["signed"]!));
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync($"{codes}/choir"));
        await CampaignServer.Expect(404, await shared.Staff.DeleteAsync($"{codes}/choir"));
        Assert.Empty((await ListAsync(codes))["items"]!.AsArray());
    }

    [Fact]
    public async Task Nothing_is_counted_without_a_code_and_no_cookie_is_set()
    {
        var (slug, _) = await OpenAsync("uncounted");
        var answer = await shared.Http.GetAsync($"/c/{slug}?s=choir");
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        await shared.Server.Services.GetRequiredService<ShareTally>().FlushAsync();
        await VisitAsync($"/c/{slug}");
        await PostAsync($"/c/{slug}", "none@share.example", "");
        await shared.Server.Services.GetRequiredService<ShareTally>().FlushAsync();
        Assert.Equal(
            1,
            shared.Server.Query<long>(
                $"""
                SELECT CAST(SUM(visits) + SUM(signed) AS bigint) FROM share_counts c
                JOIN campaigns k ON k.id = c.campaign_id WHERE k.slug = '{slug}'
                """
            )
        );
    }

    [Fact]
    public async Task Small_figures_of_a_sensitive_campaign_are_hidden()
    {
        var (slug, codes) = await OpenAsync("shared-sensitive", sensitive: true);
        await CampaignServer.Expect(201, await CreateAsync(codes, "choir", "The choir"));
        for (var visit = 0; visit < 5; visit++)
            await VisitAsync($"/c/{slug}?s=choir");
        await PostAsync($"/c/{slug}", "sensitive@share.example", "choir");
        var code = (await ListAsync(codes))["items"]![0]!;
        Assert.Equal(5, (int)code["visits"]!);
        Assert.Null(code["signed"]);
        Assert.True((bool)code["few"]!);
    }

    [Theory]
    [InlineData("""{"code":"Choir","title":"x"}""", "code")]
    [InlineData("""{"code":"other","title":"x"}""", "code")]
    [InlineData("""{"title":"x"}""", "code")]
    [InlineData("""{"code":"choir"}""", "title")]
    [InlineData("""{"code":"choir","title":"x","visits":7}""", "visits")]
    public async Task Wrong_code_names_its_field(string body, string field)
    {
        var codes = $"/api/staff/campaigns/{shared.Slug}/share-codes";
        var answer = await shared.Staff.PostAsync(codes, HttpAnswers.Json(body));
        var problem = await answer.ProblemAsync(400, "validation");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task Campaign_has_each_code_once_and_at_most_a_hundred()
    {
        var (_, codes) = await OpenAsync("many-codes");
        for (var number = 0; number < 100; number++)
            await CampaignServer.Expect(201, await CreateAsync(codes, $"code-{number}", "One of many"));
        await (await CreateAsync(codes, "code-7", "Again")).ProblemAsync(400, "validation");
        await (await CreateAsync(codes, "one-more", "Too many")).ProblemAsync(400, "validation");
    }

    private async Task<(string Slug, string Codes)> OpenAsync(string slug, bool sensitive = false)
    {
        await shared.Server.OpenCampaignAsync(slug, body =>
        {
            body["sensitive"] = sensitive;
            body["allowedOrigins"] = new JsonArray("https://one.example");
        });
        return (slug, $"/api/staff/campaigns/{slug}/share-codes");
    }

    private Task<HttpResponseMessage> CreateAsync(string codes, string code, string title) =>
        shared.Staff.PostAsJsonAsync(codes, new { code, title });

    private async Task VisitAsync(string path) => await CampaignServer.Expect(200, await shared.Http.GetAsync(path));

    private async Task PostAsync(string path, string email, string source) =>
        await CampaignServer.Expect(
            303,
            await shared.Http.PostAsync(
                path,
                new FormUrlEncodedContent(
                    new Dictionary<string, string>
                    {
                        ["email"] = email,
                        ["country"] = "NO",
                        ["disclosure"] = "count",
                        ["consents.sign"] = "yes",
                        ["source"] = source,
                    }
                )
            )
        );

    private async Task<JsonNode> ListAsync(string codes)
    {
        await shared.Server.Services.GetRequiredService<ShareTally>().FlushAsync();
        return (await shared.Staff.GetFromJsonAsync<JsonNode>(codes))!;
    }
}
