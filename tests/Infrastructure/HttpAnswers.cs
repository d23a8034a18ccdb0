using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Assertions on HTTP responses.</summary>
internal static class HttpAnswers
{
    public static StringContent Json(string text, string mediaType = "application/json") =>
        new(text, Encoding.UTF8, mediaType);

    /// <summary>Ticks the box of a "this was not me" page and presses its button.</summary>
    public static Task<HttpResponseMessage> NotMeAsync(this HttpClient http, string token) =>
        http.PostAsync($"/not-me/{token}", new FormUrlEncodedContent([KeyValuePair.Create("sure", "yes")]));

    public static async Task<JsonObject> BodyAsync(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>The items of a list, from all its pages.</summary>
    public static async Task<JsonArray> ListAsync(this HttpClient http, string path)
    {
        var items = new JsonArray();
        string? next = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var address = next is null ? path : $"{path}{separator}after={next}";
            var page = await (await CampaignServer.Expect(200, await http.GetAsync(address))).BodyAsync();
            foreach (var item in page["items"]!.AsArray())
                items.Add(item!.DeepClone());
            next = (string?)page["next"];
        } while (next is not null);
        return items;
    }

    /// <summary>
    /// Asserts that the response is an RFC 9457 problem with that status and code, and returns it.
    /// </summary>
    public static async Task<JsonObject> ProblemAsync(this HttpResponseMessage answer, int status, string code)
    {
        await CampaignServer.Expect(status, answer);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.BodyAsync();
        Assert.Equal("urn:campaign:" + code, (string?)problem["type"]);
        Assert.Equal(status, (int?)problem["status"]);
        Assert.False(string.IsNullOrEmpty((string?)problem["title"]));
        return problem;
    }

    /// <summary>
    /// Asserts that the response is a 400 with errors for exactly these paths, each with a
    /// sentence.
    /// </summary>
    public static async Task RefusesFieldsAsync(this HttpResponseMessage answer, params string[] paths)
    {
        var problem = await answer.ProblemAsync(400, "validation");
        var errors = problem["errors"]!.AsObject();
        Assert.Equal(
            paths.Order(StringComparer.Ordinal),
            errors.Select(error => error.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(errors, error =>
            Assert.All(error.Value!.AsArray(), sentence => Assert.False(string.IsNullOrWhiteSpace((string?)sentence)))
        );
    }

    /// <summary>Everything that a client can see of a response except the date.</summary>
    public static async Task<string> SeenAsync(this HttpResponseMessage answer)
    {
        answer.Headers.Date = null;
        var body = Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync());
        return $"{(int)answer.StatusCode} {answer.ReasonPhrase}\n{answer.Headers}{answer.Content.Headers}\n{body}";
    }
}
