using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Document;

/// <summary>
/// The OpenAPI description, compared with the server's endpoints and the contract's codes.
/// </summary>
public sealed class OpenApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    /// <summary>Every endpoint of the contract with every status it can return.</summary>
    private static readonly Dictionary<string, string> _statuses = new(StringComparer.Ordinal)
    {
        ["get /api/campaigns"] = "200 400",
        ["get /api/campaigns/{slug}"] = "200 404",
        ["post /api/campaigns/{slug}/signatures"] = "202 400 404 409 413 415 429 503",
        ["post /api/confirmations"] = "200 400 404 413 415 429 503",
        ["post /api/campaigns/{slug}/manage-link"] = "202 400 404 413 415 429 503",
        ["get /api/campaigns/{slug}/counts"] = "200 304 404",
        ["get /api/campaigns/{slug}/counts/stream"] = "200 404",
        ["get /api/campaigns/{slug}/ledger/head"] = "200 304 400 404",
        ["get /api/campaigns/{slug}/ledger"] = "200 304 400 404",
        ["get /api/campaigns/{slug}/ledger/entries/{n}/proof"] = "200 304 400 404",
        ["get /api/keys"] = "200",
        ["get /healthz/live"] = "200",
        ["get /healthz/ready"] = "200 503",
        ["get /api/my/signature"] = "200 401 429",
        ["patch /api/my/signature"] = "200 400 401 409 413 415 429 503",
        ["delete /api/my/signature"] = "204 401 429 503",
        ["post /api/my/signature/withdraw"] = "204 401 409 429 503",
        ["get /api/my/signature/receipt"] = "200 401 409 429",
        ["post /api/staff/campaigns"] = "201 400 401 404 409 413 415 429 503",
        ["patch /api/staff/campaigns/{slug}"] = "200 400 401 404 409 412 413 415 429 503",
        ["post /api/staff/campaigns/{slug}/texts"] = "201 400 401 404 409 413 415 429 503",
        ["post /api/staff/campaigns/{slug}/open"] = "204 401 404 409 429 503",
        ["post /api/staff/campaigns/{slug}/close"] = "204 401 404 409 429 503",
        ["post /api/staff/campaigns/{slug}/archive"] = "204 401 404 409 429 503",
        ["get /api/staff/campaigns"] = "200 400 401 404 429",
        ["get /api/staff/campaigns/{slug}"] = "200 401 404 429",
        ["get /api/staff/campaigns/{slug}/letters"] = "200 400 401 404 429",
        ["get /api/staff/campaigns/{slug}/signatures/held"] = "200 400 401 404 429",
        ["get /api/staff/campaigns/{slug}/packets"] = "200 400 401 404 429 503",
        ["get /api/staff/campaigns/{slug}/counts"] = "200 401 404 429",
        ["post /api/staff/campaigns/{slug}/signatures/{id}/release"] = "204 401 404 409 429 503",
        ["post /api/staff/campaigns/{slug}/signatures/{id}/invalidate"] = "204 400 401 404 409 413 415 429 503",
        ["post /api/staff/campaigns/{slug}/packets"] = "202 400 401 404 409 413 415 429 503",
        ["get /api/staff/packets/{id}"] = "200 401 404 429 503",
        ["get /api/staff/packets/{id}/file"] = "200 206 401 404 409 410 416 429 503",
        ["get /api/staff/packets/{id}/lines"] = "200 400 401 404 409 410 429 503",
        ["post /api/staff/packets/{id}/rebuild"] = "202 401 404 429 503",
        ["get /api/staff/audit"] = "200 400 401 404 429",
        ["get /api/staff/audit/check"] = "200 401 404 429",
    };

    [Fact]
    public async Task Every_endpoint_declares_every_status_it_can_return()
    {
        var paths = (await shared.Server.GetJsonAsync("/openapi/v1.json"))["paths"]!.AsObject();
        foreach (var (address, statuses) in _statuses)
        {
            var (method, path) = (address.Split(' ')[0], address.Split(' ')[1]);
            var operation = paths[path]?[method];
            Assert.True(operation is not null, $"{address} is not described");
            var missing = statuses.Split(' ').Where(status => operation!["responses"]![status] is null).ToList();
            Assert.True(missing.Count == 0, $"{address} does not declare {string.Join(' ', missing)}");
        }
    }

    [Fact]
    public async Task Every_endpoint_of_the_API_is_described()
    {
        var paths = (await shared.Server.GetJsonAsync("/openapi/v1.json"))["paths"]!.AsObject();
        var real = shared
            .Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Where(method => method != HttpMethods.Head)
                    .Select(method =>
                        (Method: method.ToLowerInvariant(), Path: endpoint.RoutePattern.RawText!.TrimEnd('/'))
                    )
            );
        foreach (var (method, path) in real)
            Assert.True(paths[path]?[method] is not null, $"{method} {path} is not described");
    }

    [Fact]
    public async Task Errors_are_problems_and_bodies_are_JSON()
    {
        var document = await shared.Server.GetJsonAsync("/openapi/v1.json");
        Assert.StartsWith("3.", (string?)document["openapi"], StringComparison.Ordinal);
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                foreach (var (status, response) in operation!["responses"]!.AsObject())
                {
                    if (status[0] < '4' || status == "416" || path.StartsWith("/healthz", StringComparison.Ordinal))
                        continue;
                    Assert.True(
                        response!["content"]?["application/problem+json"] is not null,
                        $"{method} {path} {status} is not a problem document"
                    );
                }
                if (operation["requestBody"] is { } body)
                    Assert.Equal(["application/json"], body["content"]!.AsObject().Select(content => content.Key));
            }
        }
        var signing = document["paths"]!["/api/campaigns/{slug}/signatures"]!["post"]!["requestBody"]!["content"]![
            "application/json"
        ]!["schema"]!;
        var schema = signing["$ref"] is { } reference
            ? document["components"]!["schemas"]![((string)reference!).Split('/')[^1]]!
            : signing;
        Assert.Contains("disclosure", schema["properties"]!.AsObject().Select(property => property.Key));
    }
}
