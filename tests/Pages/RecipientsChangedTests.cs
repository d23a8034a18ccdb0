using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

/// <summary>
/// A signer chose a disclosure for the recipients on the page, while staff added another recipient.
/// </summary>
public sealed partial class RecipientsChangedTests
{
    [Fact]
    public async Task Changed_recipients_need_a_new_choice_unless_it_is_a_number()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        var page = await server.Http.GetStringAsync($"/c/{slug}");
        using var staff = await server.StaffAsync();
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync(
                $"/api/staff/campaigns/{slug}",
                HttpAnswers.Json(
                    """
                    {"recipients":[{"key":"new","name":"New embassy","address":"There",
                        "countries":null,"risk":"high","maxDisclosure":"name"}]}
                    """
                )
            )
        );

        var refused = await CampaignServer.Expect(409, await PostAsync(server, slug, page, "initials"));
        var again = await refused.Content.ReadAsStringAsync();
        Assert.Contains("The recipients of this petition have just changed", again, StringComparison.Ordinal);
        Assert.Contains("New embassy", again, StringComparison.Ordinal);
        Assert.Contains("kari@example.org", again, StringComparison.Ordinal);
        await CampaignServer.Expect(303, await PostAsync(server, slug, page, "count"));
        await CampaignServer.Expect(303, await PostAsync(server, slug, again, "initials"));
    }

    private static Task<HttpResponseMessage> PostAsync(
        CampaignServer server,
        string slug,
        string page,
        string disclosure
    ) =>
        server.Http.PostAsync(
            $"/c/{slug}",
            new FormUrlEncodedContent(
                Hidden()
                    .Matches(page)
                    .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value)
                    .Concat(
                        new Dictionary<string, string>
                        {
                            ["email"] = "kari@example.org",
                            ["country"] = "NO",
                            ["name"] = "Kari Nordmann",
                            ["disclosure"] = disclosure,
                            ["consents.sign"] = "yes",
                        }
                    )
            )
        );

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
