using System.Net.Http.Json;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Staff;

/// <summary>
/// Access rules for all endpoints of the server: a new endpoint without a rule here fails.
/// </summary>
public sealed class StaffAccessTests(AccessServer shared) : IClassFixture<AccessServer>
{
    private IReadOnlyList<string> Addresses =>
        [
            .. shared
                .Server.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/staff", StringComparison.Ordinal))
                .SelectMany(endpoint =>
                    endpoint
                        .Metadata.GetMetadata<HttpMethodMetadata>()!
                        .HttpMethods.Where(method => method != HttpMethods.Head)
                        .Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}")
                ),
        ];

    [Fact]
    public void Every_staff_endpoint_has_a_rule_here() =>
        Assert.Equal(StaffAccessRules.All.Keys.Order(StringComparer.Ordinal), Addresses.Order(StringComparer.Ordinal));

    /// <summary>A token that may only read is for figures and records.</summary>
    [Fact]
    public void Files_people_and_signatures_are_out_of_reach_of_a_read_only_token()
    {
        var held = shared
            .Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HoldsPeople>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimEnd('/'))
            .ToHashSet(StringComparer.Ordinal);
        string[] people = ["/file", "/lines", "/signatures", "/members", "/invitations", "/evidence", "/subscribers"];
        var reads = Addresses.Where(address => address.StartsWith("GET ", StringComparison.Ordinal));
        foreach (var path in reads.Select(address => address[4..]))
            Assert.Equal(people.Any(word => path.Contains(word, StringComparison.Ordinal)), held.Contains(path));
    }

    [Fact]
    public async Task Every_staff_endpoint_is_401_without_a_valid_token()
    {
        var manage = await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("signer@example.org")
        );
        foreach (var address in Addresses)
        {
            foreach (
                var header in (string?[])
                    [null, "Bearer", "Bearer cst_wrong", "Bearer " + manage, "Basic YWRtaW46YWRtaW4="]
            )
            {
                foreach (
                    var content in (HttpContent?[])[null, HttpAnswers.Json("{"), HttpAnswers.Json("x", "text/plain")]
                )
                {
                    using var request = Request(address, shared.Slug, "17");
                    if (request.Method != HttpMethod.Get)
                        request.Content = content;
                    if (header is not null)
                        request.Headers.TryAddWithoutValidation("Authorization", header);
                    var answer = await shared.Http.SendAsync(request);
                    await answer.ProblemAsync(401, "not-signed-in");
                    Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
                    if (request.Method == HttpMethod.Get)
                        break;
                }
            }
        }
    }

    [Fact]
    public async Task Insufficient_role_gets_the_same_404_as_a_missing_resource()
    {
        foreach (var role in Role.All)
        {
            using var member = await shared.Server.StaffAsync(role, role == Role.Organiser ? ["GB"] : []);
            foreach (var (address, roles) in StaffAccessRules.All)
            {
                if (address.Split('/')[^1] is "archive" or "close")
                    continue;
                using var request = Request(address, shared.Slug, "17");
                // A stream has no end, so the body is read only where it is a refusal.
                using var answer = await member.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (!roles.Split(' ').Contains(role))
                {
                    var problem = await answer.ProblemAsync(404, "not-found");
                    problem.Remove("traceId");
                    Assert.Equal(
                        """{"type":"urn:campaign:not-found","title":"There is nothing here.","status":404,"""
                            + "\"detail\":\"It does not exist, or this token does not reach it.\"}",
                        problem.ToJsonString()
                    );
                }
                else if (roles.EndsWith(StaffAccessRules.Session, StringComparison.Ordinal))
                    await answer.ProblemAsync(403, "session-needed");
                // With access the request passes authorisation: it succeeds, its body is refused, or its id is
                // unknown.
                else if (!address.Contains("{id}", StringComparison.Ordinal))
                {
                    Assert.True(
                        (int)answer.StatusCode is 200 or 202 or 204 or 400 or 415,
                        $"{role} {address}: {answer.StatusCode}"
                    );
                }
                else
                    Assert.True((int)answer.StatusCode is 404 or 415, $"{role} {address}: {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Draft_does_not_exist_for_an_organiser()
    {
        await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", Example.Campaign("not-yet-open"))
        );
        const string Path = "/api/staff/campaigns/not-yet-open";
        using var organiser = await shared.Server.StaffAsync(Role.Organiser, "GB");
        await (await organiser.GetAsync($"{Path}/counts")).ProblemAsync(404, "not-found");
        await (await organiser.GetAsync($"{Path}/packets")).ProblemAsync(404, "not-found");
        await (await organiser.PostAsJsonAsync($"{Path}/packets", new { recipient = "embassy-london" })).ProblemAsync(
            404,
            "not-found"
        );
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        await CampaignServer.Expect(200, await auditor.GetAsync($"{Path}/counts"));
    }

    [Fact]
    public async Task Missing_resource_is_404_for_administrators_too()
    {
        var addressed = Addresses.Where(one =>
            one.Contains('{') && !StaffAccessRules.All[one].EndsWith(StaffAccessRules.Session, StringComparison.Ordinal)
        );
        foreach (var address in addressed)
        {
            foreach (var id in (string[])["1", "0", "-1", "x", "99999999999999999999", "1e3", "٣"])
            {
                using var request = Request(address, "nowhere", id);
                if (request.Method != HttpMethod.Get)
                    request.Content = HttpAnswers.Json(
                        """{"texts":{"en":{"title":"a","demand":"b"}},"reason":"x","recipient":"x"}"""
                    );
                await (await shared.Staff.SendAsync(request)).ProblemAsync(404, "not-found");
            }
        }
    }

    [Fact]
    public async Task Revoked_token_is_refused_at_once()
    {
        var staff = shared.Server.Services.GetRequiredService<StaffStore>();
        using var member = await shared.Server.StaffAsync(Role.Campaigner);
        await CampaignServer.Expect(200, await member.GetAsync("/api/staff/campaigns"));
        var id = staff.List().Where(one => one.Role == Role.Campaigner).MaxBy(one => one.Id)!.Id;
        Assert.True(await staff.RevokeAsync(id, Actor.Operator));
        await (await member.GetAsync("/api/staff/campaigns")).ProblemAsync(401, "not-signed-in");
        Assert.True(await staff.RevokeAsync(id, Actor.Operator));
        Assert.False(await staff.RevokeAsync(17, Actor.Operator));
    }

    [Fact]
    public async Task Organiser_sees_counts_and_packets_of_their_countries_only()
    {
        foreach (var country in (string[])["GB", "NL", "NO", "FR"])
            await shared.Server.SignAndConfirmAsync(
                shared.Slug,
                CampaignServer.Signature($"{country}@example.org", country: country)
            );
        using var organiser = await shared.Server.StaffAsync(Role.Organiser, "GB", "FR");
        var counts = await (await organiser.GetAsync($"/api/staff/campaigns/{shared.Slug}/counts")).BodyAsync();
        Assert.Equal(["FR", "GB"], counts["countries"]!.AsArray().Select(country => (string)country!["country"]!));
        Assert.Equal(["FR", "GB"], counts["days"]!.AsArray().Select(day => (string)day!["country"]!));

        var recipient = (await (await shared.Staff.GetAsync($"/api/staff/campaigns/{shared.Slug}")).BodyAsync())[
            "recipients"
        ]!
            .AsArray()
            .First(one => one!["countries"] is null || one["countries"]!.AsArray().Any(code => (string)code! == "GB"))![
            "key"
        ]!;
        var mine = await OrderAsync(organiser, new { recipient = (string)recipient!, countries = (string[])["GB"] });
        Assert.Equal(202, (int)mine.StatusCode);
        var foreign = await OrderAsync(shared.Staff, new { recipient = "embassy-hague", countries = (string[])["NL"] });
        if ((int)foreign.StatusCode == 202)
            await (await organiser.GetAsync(foreign.Headers.Location)).ProblemAsync(404, "not-found");
        await CampaignServer.Expect(200, await organiser.GetAsync(mine.Headers.Location));
        var listed = await organiser.ListAsync($"/api/staff/campaigns/{shared.Slug}/packets");
        Assert.Equal("""["GB"]""", Assert.Single(listed)!["countries"]!.ToJsonString());
        var outside = await (
            await OrderAsync(organiser, new { recipient = (string)recipient!, countries = (string[])["NL"] })
        ).ProblemAsync(400, "validation");
        Assert.StartsWith("countries", Assert.Single(outside["errors"]!.AsObject()).Key, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> OrderAsync(HttpClient who, object body) =>
        who.PostAsJsonAsync($"/api/staff/campaigns/{shared.Slug}/packets", body);

    private static HttpRequestMessage Request(string address, string slug, string id)
    {
        var parts = address.Split(' ');
        var path = parts[1]
            .Replace("{slug}", slug, StringComparison.Ordinal)
            .Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
        return new HttpRequestMessage(HttpMethod.Parse(parts[0]), path);
    }
}
