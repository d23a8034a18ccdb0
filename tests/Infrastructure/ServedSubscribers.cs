using System.Net.Http.Json;

namespace Campaigns.Tests.Infrastructure;

/// <summary>People who ask a server's campaign for updates.</summary>
internal static class ServedSubscribers
{
    /// <summary>Asks for updates and presses the button of the letter.</summary>
    public static async Task SubscribeAsync(
        this SharedServer shared,
        string email,
        string country = "GB",
        string locale = "en",
        string? slug = null
    )
    {
        await CampaignServer.Expect(
            202,
            await shared.Http.PostAsJsonAsync(
                $"/api/campaigns/{slug ?? shared.Slug}/subscriptions",
                new
                {
                    email,
                    locale,
                    country,
                    consent = true,
                }
            )
        );
        var letter = await shared.Server.Mail.WaitForAsync(email, "/subscribe/");
        using var press = new FormUrlEncodedContent([]);
        await CampaignServer.Expect(
            200,
            await shared.Http.PostAsync("/subscribe/" + letter.Token("/subscribe/"), press)
        );
    }
}
