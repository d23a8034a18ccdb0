using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>Invalid bodies and fields in requests that create or change campaigns.</summary>
public sealed class StaffCampaignFieldTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/api/staff/campaigns";

    [Theory]
    [InlineData("slug", "null", "slug")]
    [InlineData("slug", "\"ab\"", "slug")]
    [InlineData("slug", "\"Upper-case\"", "slug")]
    [InlineData("slug", "\"line\\n\"", "slug")]
    [InlineData("slug", "17", "slug")]
    [InlineData("organisation", "null", "organisation")]
    [InlineData("organisation", "\" \"", "organisation")]
    [InlineData("organisation", "\"two\\nlines\"", "organisation")]
    [InlineData("organisation", "\"\\ud800\"", "organisation")]
    [InlineData("controller", "\"x\"", "controller")]
    [InlineData("controller", "{}", "controller.name,controller.contact")]
    [InlineData("controller", "{\"name\":1,\"contact\":\"c\"}", "controller.name")]
    [InlineData("privacyNotice", "{\"version\":\"1\"}", "privacyNotice.text")]
    [InlineData("texts", "null", "texts")]
    [InlineData("texts", "{}", "texts")]
    [InlineData("texts", "[]", "texts")]
    [InlineData("texts", "{\"en\":\"x\"}", "texts.en")]
    [InlineData("texts", "{\"en\":{\"title\":\"t\"}}", "texts.en.demand")]
    [InlineData(
        "texts",
        "{\"en\":{\"title\":5,\"demand\":\"d\"},\"nb\":{\"title\":\"t\",\"demand\":[]}}",
        "texts.en.title,texts.nb.demand"
    )]
    [InlineData("texts", "{\"English\":{\"title\":\"t\",\"demand\":\"d\"}}", "texts")]
    [InlineData("texts", "{\"\\ud800\":{\"title\":\"t\",\"demand\":\"d\"}}", "texts")]
    [InlineData("goal", "0", "goal")]
    [InlineData("goal", "\"100\"", "goal")]
    [InlineData("goal", "1.5", "goal")]
    [InlineData("goal", "1e99", "goal")]
    [InlineData("goal", "null", "goal")]
    [InlineData("countries", "{}", "countries")]
    [InlineData("countries", "[\"GB\"]", "countries[0]")]
    [InlineData(
        "countries",
        "[{\"country\":\"GB\",\"goal\":1},{\"country\":\"UK\",\"goal\":1}]",
        "countries[1].country"
    )]
    [InlineData("countries", "[{\"country\":\"ZZ\",\"goal\":1}]", "countries[0].country")]
    [InlineData("countries", "[{\"country\":\"GB\",\"goal\":0}]", "countries[0].goal")]
    [InlineData(
        "countries",
        "[{\"country\":\"GB\",\"goal\":-1,\"locale\":9}]",
        "countries[0].goal,countries[0].locale"
    )]
    [InlineData("countries", "[{\"country\":\"GB\",\"goal\":1},{\"country\":\"GB\",\"goal\":2}]", "countries")]
    [InlineData("opensAt", "\"yesterday\"", "opensAt")]
    [InlineData("opensAt", "1", "opensAt")]
    [InlineData("opensAt", "\"2019-05-17\"", "opensAt")]
    [InlineData("opensAt", "\"2019-05-17T09:00:00\"", "opensAt")]
    [InlineData("closesAt", "\"2001-01-01T00:00:00.000Z\"", "closesAt")]
    [InlineData("handOverOn", "\"17-05-2019\"", "handOverOn")]
    [InlineData("handOverOn", "\"2019-02-30\"", "handOverOn")]
    [InlineData("answerWithinDays", "0", "answerWithinDays")]
    [InlineData("answerWithinDays", "\"30\"", "answerWithinDays")]
    [InlineData("eraseAfterDays", "-1", "eraseAfterDays")]
    [InlineData("sensitive", "\"yes\"", "sensitive")]
    [InlineData("allowedOrigins", "\"https://example.org\"", "allowedOrigins")]
    [InlineData("allowedOrigins", "[\"https://example.org\",\"example.org\",7]", "allowedOrigins[1],allowedOrigins[2]")]
    [InlineData("allowedOrigins", "[\"https://example.org/path\"]", "allowedOrigins[0]")]
    [InlineData("allowedOrigins", "[\"https://a:b@example.org\"]", "allowedOrigins[0]")]
    [InlineData("allowedOrigins", "[\"*\"]", "allowedOrigins[0]")]
    [InlineData("allowedOrigins", "[\"null\"]", "allowedOrigins[0]")]
    [InlineData("recipients", "{}", "recipients")]
    [InlineData("recipients", "[null]", "recipients[0]")]
    [InlineData("recipients", "[{}]", "recipients[0].key,recipients[0].name,recipients[0].risk")]
    [InlineData(
        "recipients",
        "[{\"key\":\"Key!\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\"}]",
        "recipients[0].key"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"none\",\"maxDisclosure\":\"all\"}]",
        "recipients[0].risk,recipients[0].maxDisclosure"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\",\"countries\":[]}]",
        "recipients[0].countries"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\",\"countries\":[\"GB\",\"xx\",3]}]",
        "recipients[0].countries[1],recipients[0].countries[2]"
    )]
    public async Task Wrong_field_is_named_by_its_path(string field, string json, string paths)
    {
        var body = Example.Campaign("wrong-field");
        body.Remove(field);
        // Inserted as text, because a JsonNode cannot contain a lone surrogate.
        var text = body.ToJsonString().Insert(1, $"\"{field}\":{json},");
        await (await shared.Staff.PostAsync(Path, HttpAnswers.Json(text))).RefusesFieldsAsync(paths.Split(','));
        if (field is "slug" or "closesAt" || json is "null" || IsMerged(field, json))
            return;
        await (
            await shared.Staff.PatchAsync($"{Path}/{shared.Slug}", HttpAnswers.Json($$"""{"{{field}}":{{json}}}"""))
        ).RefusesFieldsAsync(paths.Split(','));
    }

    // A merge patch need not repeat the parts that stay, so these are complete as patches.
    private static bool IsMerged(string field, string json) =>
        field is "controller" or "privacyNotice" or "texts"
        && json is "{}" or "{\"version\":\"1\"}" or "{\"en\":{\"title\":\"t\"}}";

    [Fact]
    public async Task Body_that_is_not_JSON_or_over_a_megabyte_is_refused()
    {
        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Post, Path),
                    (HttpMethod.Patch, $"{Path}/{shared.Slug}"),
                    (HttpMethod.Post, $"{Path}/{shared.Slug}/texts"),
                ]
        )
        {
            await (await SendAsync(method, path, HttpAnswers.Json("{"))).ProblemAsync(400, "malformed-body");
            await (await SendAsync(method, path, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(415, "media-type");
            await (await SendAsync(method, path, HttpAnswers.Json(new string(' ', (1024 * 1024) + 1)))).ProblemAsync(
                413,
                "body-too-large"
            );
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent content) =>
        shared.Staff.SendAsync(new HttpRequestMessage(method, path) { Content = content });
}
