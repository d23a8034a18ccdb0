using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>How the signing endpoint handles bodies that our own forms never send.</summary>
public sealed class SigningBodyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Good =
        """{"name":"Kari","email":"body@example.org","country":"NO","consents":{"sign":true}}""";

    private Task<HttpResponseMessage> PostAsync(HttpContent? content) =>
        shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/signatures", content);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    [InlineData("{} {}")]
    [InlineData("{'name':'Kari'}")]
    [InlineData("{\"name\":\"Kari\",}")]
    [InlineData("{\"name\":\"line\nbreak\"}")]
    [InlineData("{\"name\":\"\\ud8zz\"}")]
    [InlineData("{\"name\":01}")]
    [InlineData("{/* comment */}")]
    public async Task Body_that_is_not_a_JSON_object_is_malformed(string body)
    {
        var problem = await (await PostAsync(HttpAnswers.Json(body))).ProblemAsync(400, "malformed-body");
        Assert.Equal(["$"], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task Deep_nesting_is_malformed()
    {
        var body = """{"email":""" + new string('[', 5000) + new string(']', 5000) + "}";
        await (await PostAsync(HttpAnswers.Json(body))).ProblemAsync(400, "malformed-body");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/xml")]
    [InlineData("text/json")]
    public async Task Another_media_type_is_415(string mediaType)
    {
        var content = new StringContent(Good);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        await (await PostAsync(content)).ProblemAsync(415, "media-type");
    }

    [Fact]
    public async Task Missing_media_type_is_415()
    {
        await (await PostAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(Good)))).ProblemAsync(415, "media-type");
        await (await PostAsync(null)).ProblemAsync(415, "media-type");
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("Application/JSON")]
    public async Task Parameters_and_case_of_the_media_type_do_not_matter(string mediaType)
    {
        var content = new StringContent(Good);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        await CampaignServer.Expect(202, await PostAsync(content));
    }

    [Theory]
    [InlineData(16 * 1024, 202)]
    [InlineData(16 * 1024 + 1, 413)]
    [InlineData(4 * 1024 * 1024, 413)]
    public async Task Body_limit_is_16_KB_with_and_without_Content_Length(int length, int status)
    {
        var bytes = Encoding.UTF8.GetBytes(Good + new string(' ', length - Good.Length));
        foreach (var announced in (bool[])[true, false])
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{shared.Slug}/signatures")
            {
                Content = content,
            };
            request.Headers.TransferEncodingChunked = !announced;
            request.Headers.ExpectContinue = true;
            var answer = await shared.Http.SendAsync(request);
            if (status == 413)
                await answer.ProblemAsync(413, "body-too-large");
            else
                await CampaignServer.Expect(status, answer);
        }
    }

    [Theory]
    [InlineData("name", "17")]
    [InlineData("name", "true")]
    [InlineData("name", "[\"Kari\"]")]
    [InlineData("name", "{\"first\":\"Kari\"}")]
    [InlineData("email", "17")]
    [InlineData("email", "[]")]
    [InlineData("email", "null")]
    [InlineData("country", "47")]
    [InlineData("country", "null")]
    [InlineData("country", "{}")]
    [InlineData("locality", "1e3")]
    [InlineData("locality", "[]")]
    [InlineData("locale", "false")]
    [InlineData("locale", "{}")]
    [InlineData("disclosure", "1")]
    [InlineData("disclosure", "[\"name\"]")]
    [InlineData("textHash", "0")]
    [InlineData("textHash", "{}")]
    [InlineData("consents", "true")]
    [InlineData("consents", "[]")]
    [InlineData("consents", "\"sign\"")]
    public async Task Wrong_JSON_type_names_the_field(string field, string json)
    {
        var body = CampaignServer.Signature("type@example.org");
        body[field] = JsonNode.Parse(json);
        await (await shared.SignAsync(body)).RefusesFieldsAsync(field);
    }

    [Theory]
    [InlineData("sign", "\"true\"")]
    [InlineData("sign", "1")]
    [InlineData("sign", "[]")]
    [InlineData("sign", "false")]
    [InlineData("sign", "null")]
    [InlineData("updates", "\"yes\"")]
    [InlineData("updates", "0")]
    [InlineData("updates", "{}")]
    public async Task Wrong_consent_names_the_field(string purpose, string json)
    {
        var body = CampaignServer.Signature("consent@example.org");
        body["consents"]![purpose] = JsonNode.Parse(json);
        await (await shared.SignAsync(body)).RefusesFieldsAsync("consents." + purpose);
    }

    [Fact]
    public async Task Empty_object_names_all_required_fields() =>
        await (await PostAsync(HttpAnswers.Json("{}"))).RefusesFieldsAsync("email", "country", "consents.sign");

    [Fact]
    public async Task Every_wrong_field_is_named_at_once()
    {
        var body = """
            {"name":1,"email":2,"country":3,"locality":4,"locale":5,"disclosure":6,"textHash":7,
                "consents":{"sign":8,"updates":9}}
            """;
        await (await PostAsync(HttpAnswers.Json(body))).RefusesFieldsAsync(
            "name",
            "email",
            "country",
            "locality",
            "locale",
            "disclosure",
            "textHash",
            "consents.sign",
            "consents.updates"
        );
    }

    [Theory]
    [InlineData("name")]
    [InlineData("email")]
    [InlineData("country")]
    [InlineData("locality")]
    [InlineData("locale")]
    [InlineData("disclosure")]
    [InlineData("textHash")]
    public async Task Lone_surrogate_names_the_field(string field)
    {
        foreach (var half in (string[])["\\ud800", "\\udc00", "x\\ud83dy", "\\udc00\\ud800"])
        {
            var body = $$"""{"{{field}}":"{{half}}"}""";
            var problem = await (await PostAsync(HttpAnswers.Json(body))).ProblemAsync(400, "validation");
            Assert.True(
                problem["errors"]!.AsObject().ContainsKey(field),
                $"{field}: {problem["errors"]!.ToJsonString()}"
            );
        }
    }

    [Fact]
    public async Task Lone_surrogate_in_a_field_name_is_harmless()
    {
        foreach (var name in (string[])["\\ud800", "name\\udfff", "\\u0000", "", "__proto__", "$", "\\ud83d\\ude00"])
            await CampaignServer.Expect(202, await PostAsync(HttpAnswers.Json(Good.Insert(1, $"\"{name}\":1,"))));
    }

    [Fact]
    public async Task Invalid_UTF_8_is_refused_and_not_repaired()
    {
        foreach (
            var raw in (byte[][])
                [
                    [0xFF],
                    [0xC3, 0x28],
                    [0xED, 0xA0, 0x80],
                    [0xF4, 0x90, 0x80, 0x80],
                    [0xC0, 0xAF],
                ]
        )
        {
            byte[] bytes =
            [
                .. """{"name":"K"""u8,
                .. raw,
                .. "\",\"email\":\"utf@example.org\",\"country\":\"NO\",\"consents\":{\"sign\":true}}"u8,
            ];
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(content)).StatusCode);
        }
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_and_the_last_duplicate_counts()
    {
        var body = """
            {"id":"1","state":"confirmed","name":"First","name":"Last","email":"twice@example.org","country":"NO",
                "consents":{"sign":true,"sell":true},"extra":{"deep":[1,{"a":null}]}}
            """;
        await CampaignServer.Expect(202, await PostAsync(HttpAnswers.Json(body)));
        var letter = await shared.Server.Mail.WaitForAsync("twice@example.org", "/confirm/");
        using var mine = shared.Server.WithBearer(await shared.Server.ConfirmAsync(letter.Token("/confirm/")));
        Assert.Equal("Last", (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["name"]);
    }

    [Fact]
    public async Task Unknown_campaign_is_404_with_any_body()
    {
        foreach (
            var slug in (string[])["nowhere", "UPPER", "a", new string('x', 2000), "%2e%2e%2fetc", "chechnya-2019%20"]
        )
            await (
                await shared.Http.PostAsync($"/api/campaigns/{slug}/signatures", HttpAnswers.Json(Good))
            ).ProblemAsync(404, "no-such-campaign");
    }
}
