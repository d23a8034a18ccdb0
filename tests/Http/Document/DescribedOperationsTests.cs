using System.Net;
using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Document;

/// <summary>The words of the OpenAPI document, and its copy in the repository.</summary>
public sealed class DescribedOperationsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Address = "/openapi/v1.json";

    [Fact]
    public async Task Every_operation_has_id_summary_tag_example_and_security()
    {
        var document = await shared.Server.GetJsonAsync(Address);
        var tags = document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!).ToHashSet();
        var ids = new List<string>();
        foreach (var (address, operation) in Operations(document))
        {
            ids.Add((string)operation["operationId"]!);
            Assert.False(string.IsNullOrWhiteSpace((string?)operation["summary"]), $"{address} has no summary");
            Assert.Contains((string)Assert.Single(operation["tags"]!.AsArray())!, tags);
            var scheme =
                address.Contains(" /api/staff", StringComparison.Ordinal) ? "staffToken"
                : address.Contains(" /api/my", StringComparison.Ordinal) ? "manageToken"
                : null;
            Assert.Equal(scheme is null ? "[]" : $$"""[{"{{scheme}}":[]}]""", operation["security"]!.ToJsonString());
            if (scheme is not null)
                Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]![scheme]!["scheme"]);
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                Assert.True(parameter!["example"] is not null, $"{address} {parameter["name"]} has no example");
            foreach (var (where, content) in Contents(operation))
                if ((string?)content["schema"]?["format"] != "binary")
                    Assert.True(
                        content["example"] is not null || content["examples"] is not null,
                        $"{address} {where} has no example"
                    );
        }
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task Numbers_are_numbers_and_instants_have_a_format()
    {
        var document = await shared.Server.GetJsonAsync(Address);
        foreach (var schema in Schemas(document))
        {
            var types = schema["type"] switch
            {
                JsonArray several => several.Select(type => (string)type!).ToList(),
                JsonValue one => [(string)one!],
                _ => [],
            };
            Assert.False(types.Contains("string") && types.Contains("integer"), schema.ToJsonString());
            Assert.False(schema.ContainsKey("pattern"), schema.ToJsonString());
            if (schema.ContainsKey("format"))
                Assert.NotEmpty(types);
        }
        var schemas = document["components"]!["schemas"]!.AsObject();
        Assert.Equal("date-time", (string?)schemas["CampaignRequest"]!["properties"]!["opensAt"]!["format"]);
        foreach (var name in (string[])["Receipt", "KeySet", "Key", "LedgerLine", "Problem", "ListOfPacket"])
            Assert.True(schemas.ContainsKey(name), name);
        Assert.Equal(
            "#/components/schemas/LedgerLine",
            (string?)
                document["paths"]!["/api/campaigns/{slug}/ledger"]!["get"]!["responses"]!["200"]!["content"]![
                    "application/x-ndjson"
                ]!["schema"]!["$ref"]
        );
    }

    [Fact]
    public async Task Receipt_keys_and_lines_have_the_fields_of_their_schemas()
    {
        var token = await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("schemas@example.org")
        );
        using var mine = shared.Server.WithBearer(token);
        await CampaignServer.UntilAsync(
            async () => (int)(await mine.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        await CampaignServer.Expect(204, await mine.PostAsync("/api/my/signature/withdraw", null));
        var ledger = $"/api/campaigns/{shared.Slug}/ledger";
        await CampaignServer.UntilAsync(
            async () => (await shared.Http.GetStringAsync(ledger)).Contains("remove", StringComparison.Ordinal),
            "the removal is not sealed"
        );
        var schemas = (await shared.Server.GetJsonAsync(Address))["components"]!["schemas"]!.AsObject();
        AssertFields(schemas, "KeySet", await shared.Server.GetJsonAsync("/api/keys"));
        AssertFields(schemas, "Key", (await shared.Server.GetJsonAsync("/api/keys"))["keys"]![0]!.AsObject());
        foreach (var line in (await shared.Http.GetStringAsync(ledger)).TrimEnd('\n').Split('\n'))
            AssertFields(schemas, "LedgerLine", JsonNode.Parse(line)!.AsObject());
        var other = shared.Server.WithBearer(
            await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("receipt@example.org"))
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await other.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        AssertFields(schemas, "Receipt", await (await other.GetAsync("/api/my/signature/receipt")).BodyAsync());
    }

    [Fact]
    public async Task Document_has_a_tag_and_is_not_sent_again()
    {
        var first = await CampaignServer.Expect(200, await shared.Http.GetAsync(Address));
        using var again = new HttpRequestMessage(HttpMethod.Get, Address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        var second = await shared.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
    }

    [Fact]
    public async Task Copy_in_the_repository_is_what_the_server_serves()
    {
        var copy = await File.ReadAllTextAsync(Path.Combine(InstallationRoot.Find().Path, "docs", "openapi.json"));
        Assert.True(
            copy == await shared.Http.GetStringAsync(Address),
            "docs/openapi.json is old. Renew it: dotnet run -v q --project api -- openapi > docs/openapi.json"
        );
    }

    private static IEnumerable<(string Address, JsonObject Operation)> Operations(JsonObject document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(operation => ($"{operation.Key} {path.Key}", operation.Value!.AsObject()))
            );

    private static IEnumerable<(string Type, JsonObject Content)> Contents(JsonObject operation) =>
        operation["responses"]!
            .AsObject()
            .Select(response => response.Value!["content"])
            .Append(operation["requestBody"]?["content"])
            .Where(content => content is not null)
            .SelectMany(content => content!.AsObject())
            .Select(content => (content.Key, content.Value!.AsObject()));

    private static IEnumerable<JsonObject> Schemas(JsonNode? node) =>
        node switch
        {
            JsonObject item => item.Where(field => field.Key is not ("example" or "examples"))
                .SelectMany(field => Schemas(field.Value))
                .Append(item),
            JsonArray items => items.SelectMany(Schemas),
            _ => [],
        };

    private static void AssertFields(JsonObject schemas, string name, JsonObject value)
    {
        var fields = value.Select(field => field.Key).ToList();
        var properties = schemas[name]!["properties"]!.AsObject().Select(property => property.Key);
        Assert.Empty(fields.Except(properties));
        Assert.Empty(schemas[name]!["required"]!.AsArray().Select(field => (string)field!).Except(fields));
    }
}
