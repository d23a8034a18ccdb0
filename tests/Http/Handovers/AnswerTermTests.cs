using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>How long each recipient has to answer.</summary>
public sealed class AnswerTermTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private string Path => $"/api/staff/campaigns/{shared.Slug}";

    [Fact]
    public async Task Term_is_kept_when_missing_and_cleared_by_null()
    {
        var recipients = await ReadAsync();
        Assert.All(recipients, one => Assert.Null(one!["answerWithin"]));
        recipients[0]!["answerWithin"] = new JsonObject
        {
            ["days"] = 20,
            ["kind"] = "working",
            ["holidays"] = "GB",
        };
        await ChangeAsync(recipients);
        Assert.Equal(
            """{"days":20,"kind":"working","holidays":"GB"}""",
            (await ReadAsync())[0]!["answerWithin"]!.ToJsonString()
        );

        // As clients do that do not know the field.
        foreach (var recipient in recipients)
            recipient!.AsObject().Remove("answerWithin");
        await ChangeAsync(recipients);
        Assert.NotNull((await ReadAsync())[0]!["answerWithin"]);

        recipients[0]!["answerWithin"] = null;
        await ChangeAsync(recipients);
        Assert.Null((await ReadAsync())[0]!["answerWithin"]);
    }

    [Theory]
    [InlineData("""{}""", "days", "kind")]
    [InlineData("""{"days":0,"kind":"weeks"}""", "days", "kind")]
    [InlineData("""{"days":30,"kind":"working"}""", "holidays")]
    [InlineData("""{"days":30,"kind":"working","holidays":"ZZ"}""", "holidays")]
    [InlineData("""{"days":30,"kind":"calendar","holidays":"GB"}""", "holidays")]
    [InlineData("""{"days":30,"kind":"calendar","from":"tomorrow"}""", "from")]
    public async Task Wrong_term_is_refused_by_field(string term, params string[] fields)
    {
        var recipients = await ReadAsync();
        recipients[1]!["answerWithin"] = JsonNode.Parse(term);
        var answer = await shared.Staff.PatchAsJsonAsync(Path, new { recipients });
        await answer.RefusesFieldsAsync([.. fields.Select(field => $"recipients[1].answerWithin.{field}")]);
    }

    private async Task<JsonArray> ReadAsync() =>
        (JsonArray)(await (await shared.Staff.GetAsync(Path)).BodyAsync())["recipients"]!.DeepClone();

    private async Task ChangeAsync(JsonArray recipients) =>
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(Path, new { recipients }));
}
