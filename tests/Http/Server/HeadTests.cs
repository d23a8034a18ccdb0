using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Server;

/// <summary>HEAD wherever GET is.</summary>
public sealed class HeadTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Every_address_of_GET_answers_HEAD_with_its_status_and_headers()
    {
        var token = await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("head@example.org", country: "GB")
        );
        using var mine = shared.Server.WithBearer(token);
        await CampaignServer.UntilAsync(
            async () => (int)(await mine.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        var packet = await (
            await CampaignServer.Expect(
                202,
                await shared.Staff.PostAsJsonAsync(
                    $"/api/staff/campaigns/{shared.Slug}/packets",
                    new { recipient = "embassy-london" }
                )
            )
        ).BodyAsync();
        await CampaignServer.UntilAsync(
            async () => (string?)(await ShowAsync((string)packet["id"]!))["status"] == "ready",
            "the packet is not ready"
        );
        foreach (var pattern in Patterns())
        {
            var address = pattern
                .Replace("{slug}", shared.Slug, StringComparison.Ordinal)
                .Replace("{id}", (string)packet["id"]!, StringComparison.Ordinal)
                .Replace("{n}", "0", StringComparison.Ordinal)
                .Replace("{manageToken}", token, StringComparison.Ordinal)
                .Replace("{token}", "none", StringComparison.Ordinal);
            var client =
                address.StartsWith("/api/staff", StringComparison.Ordinal) ? shared.Staff
                : address.StartsWith("/api/my", StringComparison.Ordinal) ? mine
                : shared.Http;
            // A stream has no end, so only its headers are read.
            using var get = await client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, address),
                HttpCompletionOption.ResponseHeadersRead
            );
            using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address));
            Assert.True(get.StatusCode == head.StatusCode, $"{address}: GET {get.StatusCode}, HEAD {head.StatusCode}");
            Assert.True(Headers(get) == Headers(head), $"{address}:\n{Headers(get)}\nHEAD:\n{Headers(head)}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Pages_of_a_developer_and_missing_pages_answer_HEAD_as_GET()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment=Development");
        await server.SignAsync(await server.OpenCampaignAsync(), CampaignServer.Signature("head@example.org"));
        var letter = await server.Mail.WaitForAsync("head@example.org", "/confirm/");
        var name = Path.GetFileNameWithoutExtension(letter.File);
        using var console = await ConsoleClient.SignInAsync(server);
        foreach (
            var address in (string[])
                [
                    "/staff/jobs",
                    "/staff/jobs/recurring",
                    "/dev/mail",
                    $"/dev/mail/{name}",
                    "/dev/mail/none",
                    "/none",
                    "/api/none",
                    "/api/campaigns/none",
                    "/api/campaigns/none/counts/stream",
                ]
        )
        {
            using var get = await console.Http.GetAsync(address);
            using var head = await console.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address));
            Assert.True(get.StatusCode == head.StatusCode, $"{address}: GET {get.StatusCode}, HEAD {head.StatusCode}");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    private IEnumerable<string> Patterns() =>
        shared
            .Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true
            )
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            // Screens of the console have their own tests.
            .Where(pattern => !pattern.StartsWith("/staff", StringComparison.Ordinal));

    private async Task<JsonObject> ShowAsync(string id) =>
        await (await shared.Staff.GetAsync($"/api/staff/packets/{id}")).BodyAsync();

    // A length is known only of some answers; the others are sent in chunks, which HEAD has none of.
    private static string Headers(HttpResponseMessage answer) =>
        string.Join(
            '\n',
            answer
                .Headers.Concat(answer.Content.Headers)
                .Where(header => header.Key is not ("Date" or "Transfer-Encoding"))
                .Where(header => header.Key != "Content-Length" || answer.Headers.TransferEncodingChunked != true)
                .OrderBy(header => header.Key, StringComparer.Ordinal)
                .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
        );
}
