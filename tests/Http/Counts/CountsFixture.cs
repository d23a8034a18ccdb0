using System.Globalization;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Counts;

/// <summary>
/// A campaign that lists four countries, with eight confirmed signatures, half of them from
/// unlisted countries.
/// </summary>
public sealed class CountsFixture : SharedServer
{
    public Task<JsonObject> CountsAsync() => Server.GetJsonAsync($"/api/campaigns/{Slug}/counts");

    protected override async Task<string> OpenAsync()
    {
        var slug = await Server.OpenCampaignAsync(change: Listed("NO", "GB", "NL", "BO"));
        foreach (var (index, country) in ((string[])["NL", "NL", "GB", "GB", "FR", "DE", "SE", "XK"]).Index())
            await Server.SignAsync(
                slug,
                CampaignServer.Signature(
                    string.Create(CultureInfo.InvariantCulture, $"c{index}@example.org"),
                    country: country
                )
            );
        foreach (
            var token in (
                await Server.Mail.TokensAsync(
                    "/confirm/",
                    [.. Enumerable.Range(0, 8).Select(index => $"c{index}@example.org")]
                )
            ).Values
        )
            await Server.ConfirmAsync(token);
        return slug;
    }

    private static Action<JsonObject> Listed(params string[] countries) =>
        body =>
            body["countries"] = new JsonArray([
                .. countries.Select(country =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["country"] = country,
                            ["goal"] = 100,
                            ["locale"] = null,
                        }
                ),
            ]);
}
