using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>The limits of the single fields.</summary>
public sealed class SigningRulesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Name_has_1_to_200_scalar_values_counted_after_NFC()
    {
        foreach (
            var ok in (string[])
                [
                    "A",
                    new string('å', 200),
                    Repeat("𝒜", 200),
                    Repeat("a\u030a", 200),
                    "  " + new string('x', 200) + "  ",
                    "李",
                    "😀 A",
                ]
        )
            await CampaignServer.Expect(202, await SignAsync("name", ok));
        foreach (
            var bad in (string[])
                [
                    new string('x', 201),
                    Repeat("𝒜", 201),
                    Repeat("x\u0323\u0301", 101),
                    "",
                    "   ",
                    "😀",
                    "123",
                    "---",
                    "\u3164",
                    "👩‍👩‍👧‍👦",
                ]
        )
            await (await SignAsync("name", bad)).RefusesFieldsAsync("name");
    }

    [Fact]
    public async Task Name_is_optional_for_a_count_and_required_otherwise()
    {
        foreach (var disclosure in (string[])["initials", "name"])
        {
            var body = CampaignServer.Signature("nameless@example.org", disclosure: disclosure);
            body.Remove("name");
            await (await shared.SignAsync(body)).RefusesFieldsAsync("name");
        }
        var counted = CampaignServer.Signature("nameless@example.org", disclosure: "count");
        counted.Remove("name");
        await CampaignServer.Expect(202, await shared.SignAsync(counted));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("locality")]
    public async Task Line_breaks_and_direction_marks_are_refused(string field)
    {
        string[] refused =
        [
            "a\0b",
            "a\u0001b",
            "a\tb",
            "a\nb",
            "a\rb",
            "a\u007fb",
            "a\u0085b",
            "a\u009fb",
            "a\u2028b",
            "a\u2029b",
            "a\u202ab",
            "a\u202eb",
            "a\u2066b",
            "a\u2069b",
            "a\ufdd0b",
            "a\ufdefb",
            "a\ufffeb",
            "a\uffffb",
            "a\U0001fffeb",
            "a\U0010ffffb",
            "http://example.org",
            "https://example.org/x",
            "see HTTPS://EXAMPLE.ORG",
            "www.example.org",
            "example.com",
            "example.org/path",
            "ｈｔｔｐ：／／example.org",
            "kari.berg@example.no",
            "kari@example",
            "a\U000e0041b",
            "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309",
        ];
        foreach (var text in refused)
            await (await SignAsync(field, text)).RefusesFieldsAsync(field);
        foreach (
            var text in (string[])
                [
                    "a\u200bb",
                    "a\u200db",
                    "a\u200fb",
                    "a\ufeffb",
                    "a\u00adb",
                    "a\ue000b",
                    "J.R.R. Tolkien",
                    "St. John",
                    "St.Gallen/SG",
                    "Dr.Link",
                    "buy at example.com",
                    "O'Brien; DROP TABLE",
                    "\"<b>Ann</b>\"",
                ]
        )
            await CampaignServer.Expect(202, await SignAsync(field, text));
    }

    [Fact]
    public async Task Locality_has_at_most_100_scalar_values()
    {
        await CampaignServer.Expect(202, await SignAsync("locality", Repeat("𝒜", 100)));
        await CampaignServer.Expect(202, await SignAsync("locality", ""));
        await (await SignAsync("locality", new string('x', 101))).RefusesFieldsAsync("locality");
    }

    [Fact]
    public async Task Address_has_at_most_254_characters_and_a_valid_form()
    {
        var domain = $"@{Repeat(new string('d', 60) + ".", 3)}ex.org";
        await CampaignServer.Expect(202, await SignAsync("email", new string('a', 254 - domain.Length) + domain));
        string[] refused =
        [
            new string('a', 255 - domain.Length) + domain,
            "",
            " ",
            "kari",
            "@example.org",
            "kari@",
            "kari@@example.org",
            "kari@example",
            "kari@[127.0.0.1]",
            "kari@127.0.0.1",
            "\"kari\"@example.org",
            "kari @example.org",
            "ka\0ri@example.org",
            "kari@exa mple.org",
            "kari@example.org\r\nBcc: all@example.org",
            "kari@example..org",
            ".kari@example.org",
            "kari.@example.org",
            "kari@-example.org",
            "kari@example.org <b@example.org>",
            "a@example.org,b@example.org",
            "kari@example.org;b@example.org",
            "ka\u200bri@example.org",
            "kari@exam\u00adple.org",
            "kari@example。org",
            "kari@\u3164.org",
            "mailto:kari@example.org,b@example.org",
            "kari@example.org?cc=x",
            "kari@" + new string('x', 64) + ".org",
        ];
        foreach (var bad in refused)
            await (await SignAsync("email", bad)).RefusesFieldsAsync("email");
        foreach (
            var copied in (string[])
                ["mailto:kari@example.org", "<kari@example.org>", "Kari <kari@example.org>", "kari@example.org."]
        )
            await CampaignServer.Expect(202, await SignAsync("email", copied));
    }

    [Fact]
    public async Task Invisible_characters_are_removed_from_what_is_stored()
    {
        var body = CampaignServer.Signature("invisible@example.org", name: "\u200BAnna\u200B\u200B Berg\uFEFF");
        body["locality"] = "\u2060Ber\u00ADgen";
        await CampaignServer.Expect(202, await shared.SignAsync(body));
        var tokens = await shared.Server.Mail.TokensAsync("/confirm/", ["invisible@example.org"]);
        using var mine = shared.Server.WithBearer(await shared.Server.ConfirmAsync(tokens.Values.Single()));
        var stored = await (await mine.GetAsync("/api/my/signature")).BodyAsync();
        Assert.Equal(("Anna Berg", "Bergen"), ((string?)stored["name"], (string?)stored["locality"]));
    }

    [Fact]
    public async Task Countries_are_assigned_codes_in_capitals()
    {
        foreach (var code in (string[])["NO", "XK", "EH", "ZW", "AQ"])
            await CampaignServer.Expect(202, await SignAsync("country", code));
        foreach (
            var code in (string[])
                ["ZZ", "no", "No", "UK", "EU", "AN", "XX", "", " NO", "NO ", "NOR", "N", "０1", "\u0000\u0000"]
        )
            await (await SignAsync("country", code)).RefusesFieldsAsync("country");
    }

    [Fact]
    public async Task Disclosure_is_one_of_three_words()
    {
        foreach (var word in (string[])["", "Name", "NAME", "all", "none", "0", "2", "count ", "1,2"])
            await (await SignAsync("disclosure", word)).RefusesFieldsAsync("disclosure");
    }

    [Fact]
    public async Task Unknown_locale_becomes_the_first_of_the_campaign()
    {
        foreach (var locale in (string[])["xx", "", "en-GB-oed", "../../etc", "nb\0"])
            await CampaignServer.Expect(202, await SignAsync("locale", locale));
    }

    [Theory]
    [InlineData("nb-NO", "nb")]
    [InlineData("NB", "nb")]
    [InlineData("no", "nb")]
    [InlineData("nn", "nb")]
    [InlineData("nl-BE", "nl")]
    [InlineData("fr", "en")]
    public async Task Text_in_the_nearest_language_is_signed(string asked, string chosen)
    {
        var campaign = await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}");
        var email = $"nearest-{asked}@example.org";
        var body = CampaignServer.Signature(email);
        body["locale"] = asked;
        // The hash is of the text in that language.
        body["textHash"] = (string)campaign["texts"]![chosen]!["hash"]!;
        await CampaignServer.Expect(202, await shared.SignAsync(body));
        Assert.Equal(chosen, shared.Server.Query<string>("SELECT locale FROM signatures ORDER BY id DESC LIMIT 1"));
    }

    [Fact]
    public async Task Country_sentence_names_the_code_that_was_meant()
    {
        var problem = await (await SignAsync("country", "UK")).ProblemAsync(400, "validation");
        Assert.StartsWith("Did you mean GB?", (string)problem["errors"]!["country"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_of_an_outdated_text_is_409()
    {
        await (await SignAsync("textHash", new string('0', 64))).ProblemAsync(409, "text-changed");
        await (await SignAsync("textHash", "")).ProblemAsync(409, "text-changed");
        var campaign = await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}");
        await CampaignServer.Expect(202, await SignAsync("textHash", (string)campaign["texts"]!["nb"]!["hash"]!));
        await (await SignAsync("textHash", (string)campaign["texts"]!["en"]!["hash"]!)).ProblemAsync(
            409,
            "text-changed"
        );
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private Task<HttpResponseMessage> SignAsync(string field, string value)
    {
        var body = CampaignServer.Signature("rules@example.org");
        body[field] = value;
        return shared.SignAsync(body);
    }
}
