using System.Net;
using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

/// <summary>What the pages say about a text that a person typed, in each language.</summary>
public sealed partial class TypedTextTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("en", "Your name: remove the @. This looks like an e-mail address, and it would be printed")]
    [InlineData("nl", "Je naam: haal de @ weg. Dit lijkt op een e-mailadres, en het zou worden afgedrukt")]
    [InlineData("nb", "Navnet ditt: fjern @. Dette ligner en e-postadresse, og det ville blitt trykt")]
    public async Task At_in_a_name_is_refused_with_what_would_be_printed(string language, string sentence) =>
        Assert.Contains(
            sentence,
            await RefusedAsync(language, "name", "kari.berg@example.no"),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("locality", "kari@example", "Town or city: remove the @.")]
    [InlineData("locality", "see https://example.org", "Town or city: remove the web address. It begins like one")]
    [InlineData("name", "www.berg.no", "Your name: remove the web address that begins with “www.”.")]
    [InlineData("name", "berg.no", "Your name: this reads as a web address, because a known ending")]
    [InlineData("name", "Kari\u202EBerg", "Your name: an invisible character is in it")]
    [InlineData("locality", "Bergen\U000E0041", "Town or city: an invisible character is in it")]
    [InlineData(
        "name",
        "Ka\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
        "Your name: one letter has too many"
    )]
    [InlineData("email", "ka\u200Bri@example.org", "E-mail address: an invisible character is in it")]
    [InlineData("email", "ka ri@example.org", "E-mail address: there is a space in it.")]
    [InlineData("email", "kari", "Enter an e-mail address we can write to")]
    public async Task Sentence_of_a_page_names_the_cause(string field, string typed, string sentence) =>
        Assert.Contains(sentence, await RefusedAsync("en", field, typed), StringComparison.Ordinal);

    [Fact]
    public async Task Page_to_find_a_signature_says_that_an_invisible_character_is_there()
    {
        var answer = await CampaignServer.Expect(
            400,
            await shared.Http.PostAsync($"/c/{shared.Slug}/find", Form(("email", "kari@example.org\u200B")))
        );
        Assert.Contains("an invisible character is in it", await ReadAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Did you mean gmail.com?")]
    [InlineData("nl", "Bedoelde je gmail.com?")]
    [InlineData("nb", "Mente du gmail.com?")]
    public async Task Misspelt_provider_is_accepted_and_asked_about(string language, string question)
    {
        var answer = await CampaignServer.Expect(303, await SignAsync(language, "email", $"{language}@gmial.com"));
        var page = await shared.Http.GetStringAsync(answer.Headers.Location);
        Assert.Contains(question, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        await shared.Server.WaitForMailAsync();
        Assert.Contains(shared.Server.Mail.All(), letter => letter.To.Contains($"{language}@gmial.com"));
    }

    [Fact]
    public async Task Page_after_signing_asks_about_known_providers_only()
    {
        var page = await shared.Http.GetStringAsync($"/c/{shared.Slug}/thanks?meant=berg.example");
        Assert.DoesNotContain("berg.example", page, StringComparison.Ordinal);
        var answer = await CampaignServer.Expect(303, await SignAsync("en", "email", "known@example.org"));
        Assert.EndsWith("/thanks?lang=en", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kari 12 34 56 7", true)]
    [InlineData("Kari 123456", false)]
    public async Task Confirm_page_has_a_notice_for_seven_digits_in_a_name(string name, bool noticed)
    {
        var email = $"digits-{noticed}@example.org";
        await CampaignServer.Expect(
            303,
            await shared.Http.PostAsync($"/c/{shared.Slug}?lang=en", Form(("email", email), ("name", name)))
        );
        await shared.Server.WaitForMailAsync();
        var letter = shared.Server.Mail.All().Single(letter => letter.To.Contains(email));
        var page = await shared.Http.GetStringAsync($"/confirm/{letter.Token("/confirm/")}?lang=en");
        Assert.Equal(noticed, page.Contains("This name has many digits.", StringComparison.Ordinal));
    }

    private async Task<string> RefusedAsync(string language, string field, string typed) =>
        await ReadAsync(await CampaignServer.Expect(400, await SignAsync(language, field, typed)));

    private Task<HttpResponseMessage> SignAsync(string language, string field, string typed) =>
        shared.Http.PostAsync($"/c/{shared.Slug}?lang={language}", Form((field, typed)));

    // The form of a page: what was typed in place of its own values.
    private static FormUrlEncodedContent Form(params (string Field, string Value)[] typed)
    {
        var fields = new Dictionary<string, string>
        {
            ["email"] = "kari@example.org",
            ["country"] = "NO",
            ["name"] = "Kari Nordmann",
            ["disclosure"] = "count",
            ["consents.sign"] = "yes",
        };
        foreach (var (field, value) in typed)
            fields[field] = value;
        return new(fields);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer) =>
        Blanks().Replace(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
