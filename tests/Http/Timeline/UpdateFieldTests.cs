using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Timeline;

/// <summary>Every field of an entry is checked at its own path.</summary>
public sealed class UpdateFieldTests(TimelineServer shared) : IClassFixture<TimelineServer>
{
    [Theory]
    [InlineData("on", "\"2999-01-01\"", "on")]
    [InlineData("on", "17", "on")]
    [InlineData("texts", "{}", "texts")]
    [InlineData("texts", "null", "texts")]
    [InlineData("texts", """{"en":{"title":"a"}}""", "texts.en.text")]
    [InlineData("texts", """{"en":{"title":"a\nb","text":"c"}}""", "texts.en.title")]
    [InlineData("texts", """{"EN!":{"title":"a","text":"c"}}""", "texts")]
    [InlineData("figures", """[{"label":"a"}]""", "figures[0].asOf figures[0].source figures[0].unit figures[0].value")]
    [InlineData("figures[0].source", "1", "figures[0].source")]
    [InlineData("figures[0].source", "-1", "figures[0].source")]
    [InlineData("figures[0].value", "\"150\"", "figures[0].value")]
    [InlineData("figures[0].value", "0.1234567", "figures[0].value")]
    [InlineData("figures[0].value", "1e300", "figures[0].value")]
    [InlineData("sources[0].url", "\"javascript:alert(1)\"", "sources[0].url")]
    [InlineData("sources[0].kind", "\"rumour\"", "sources[0].kind")]
    [InlineData("sources[0].publishedOn", "null", "sources[0].publishedOn")]
    [InlineData("origin.language", "\"English\"", "origin.language")]
    [InlineData("origin", """{"publisher":"a"}""", "origin.language")]
    [InlineData("extra", "1", "extra")]
    [InlineData("sources[0].extra", "1", "sources[0].extra")]
    public async Task Wrong_field_of_an_update_is_named(string path, string json, string named)
    {
        var body = TimelineServer.Update();
        Set(body, path, json);
        await (await shared.Staff.PostAsJsonAsync(shared.Updates, body)).RefusesFieldsAsync(named.Split(' '));
    }

    [Theory]
    [InlineData("on", "null")]
    [InlineData("on", "\"2999-01-01\"")]
    [InlineData("institution", "\" \"")]
    [InlineData("title", "null")]
    [InlineData("summary", "7")]
    [InlineData("sources", "{}")]
    public async Task Wrong_field_of_a_development_is_named(string path, string json)
    {
        var body = TimelineServer.Development();
        Set(body, path, json);
        await (await shared.Staff.PostAsJsonAsync(shared.Developments, body)).RefusesFieldsAsync(path);
    }

    [Theory]
    [InlineData("on", "null")]
    [InlineData("place", "null")]
    [InlineData("country", "\"UK\"")]
    [InlineData("country", "null")]
    [InlineData("showPlace", "1")]
    [InlineData("sources", "[]")]
    public async Task Wrong_field_of_an_event_is_named(string path, string json)
    {
        var body = TimelineServer.Event();
        Set(body, path, json);
        await (await shared.Staff.PostAsJsonAsync(shared.Events, body)).RefusesFieldsAsync(path);
    }

    private static void Set(JsonObject body, string path, string json)
    {
        var parts = path.Split('.');
        JsonNode node = body;
        foreach (var part in parts[..^1])
            node = part.EndsWith("[0]", StringComparison.Ordinal) ? node[part[..^3]]![0]! : node[part]!;
        node[parts[^1]] = JsonNode.Parse(json);
    }
}
