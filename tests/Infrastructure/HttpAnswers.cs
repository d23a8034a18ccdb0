using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>What tests ask of an answer.</summary>
internal static class HttpAnswers
{
    public static StringContent Json(string text, string mediaType = "application/json") =>
        new(text, Encoding.UTF8, mediaType);

    public static async Task<JsonObject> BodyAsync(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>
    /// Checks that the answer is a problem of RFC 9457 with that status and code, and returns it.
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
    /// Checks that the answer is a 400 that complains about exactly these paths, each with a
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

    /// <summary>Everything a client can see of an answer, the date excepted.</summary>
    public static async Task<string> SeenAsync(this HttpResponseMessage answer)
    {
        answer.Headers.Date = null;
        return $"{(int)answer.StatusCode} {answer.ReasonPhrase}\n{answer.Headers}{answer.Content.Headers}\n{Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync())}";
    }
}
