using System.Net.Http.Json;

namespace Campaigns.Bench.Server;

/// <summary>The one open campaign of every scenario.</summary>
internal static class BenchCampaign
{
    public const string Slug = "bench";
    public const string Recipient = "embassy";

    public static async Task OpenAsync(HttpClient staff)
    {
        var body = new
        {
            slug = Slug,
            organisation = "Example Rights International",
            controller = new { name = "Example Rights International", contact = "privacy@example.org" },
            privacyNotice = new { version = "1", text = "We keep little." },
            texts = new { en = new { title = "Investigate the persecution", demand = "We ask you to investigate.\n\nWe ask you to protect witnesses." } },
            goal = 1_000_000,
            countries = new[] { Listed("GB"), Listed("NL"), Listed("NO") },
            recipients = new[] { new { key = Recipient, name = "Embassy, London", address = "1 Palace Gardens, London", risk = "low" } },
        };
        await SucceedAsync(staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await SucceedAsync(staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null));
    }

    private static async Task SucceedAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        if (!answer.IsSuccessStatusCode) throw new WrongResultException(await answer.Content.ReadAsStringAsync());
    }

    private static object Listed(string country) => new { country, goal = 100_000, locale = "en" };
}
