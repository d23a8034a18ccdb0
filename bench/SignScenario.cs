using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Campaigns.Bench;

/// <summary>
/// Signing at 64 connections, beside the same server refusing the same body after parsing and checking it (an unlisted text hash: 409,
/// nothing sealed, nothing stored), in rounds that take turns. Rows are counted at the end.
/// </summary>
internal static class SignScenario
{
    private const int Rounds = 5;
    private const int Connections = 64;
    private const string Slug = "bench";
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync()
    {
        await using var server = await ServerProcess.StartAsync();
        var token = await server.CommandAsync("staff", "add", "Bench", "--role", "administrator");
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = server.Url };
        using var staff = new HttpClient { BaseAddress = server.Url };
        staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await SetUpAsync(staff);

        var people = 0;
        var acknowledged = 0;
        var sign = new List<Round>();
        var refuse = new List<Round>();
        for (var round = 0; round <= Rounds; round++)
        {
            var refused = await Load.RunAsync(http, Connections, _length, 409, () => Request(Interlocked.Increment(ref people), "0000"));
            var before = people;
            var signed = await Load.RunAsync(http, Connections, _length, 202, () => Request(Interlocked.Increment(ref people), null));
            if (people - before != signed.Requests) throw new InvalidOperationException("A request was counted twice or not at all.");
            acknowledged += signed.Requests;
            // The first round warms the machine up.
            if (round == 0) continue;
            refuse.Add(refused);
            sign.Add(signed);
        }
        await CountAsync(staff, acknowledged);
        Console.WriteLine("| scenario | requests/s (median) | spread | p50 ms | p99 ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        Print("sign, durable", sign);
        Print("the same, checked and refused", refuse);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nsign / reference = {Median(sign) / Median(refuse):0.00}"));
        return 0;
    }

    private static HttpRequestMessage Request(int person, string? textHash) => new(HttpMethod.Post, $"/api/campaigns/{Slug}/signatures")
    {
        Content = new StringContent(
            $$"""{"name":"Kari Nordmann","email":"person{{person}}@example.org","country":"NO","locality":"Bergen","disclosure":"name","consents":{"sign":true}{{(textHash is null ? "" : $",\"textHash\":\"{textHash}\"")}}}""",
            Encoding.UTF8, "application/json"),
    };

    private static async Task SetUpAsync(HttpClient staff)
    {
        var body = new
        {
            slug = Slug,
            organisation = "Bench",
            controller = new { name = "Bench", contact = "bench@example.org" },
            privacyNotice = new { version = "1", text = "None." },
            texts = new { en = new { title = "Title", demand = "Demand" } },
            goal = 1,
            countries = new[] { new { country = "NO", goal = 1, locale = "en" } },
            recipients = new[] { new { key = "r", name = "R", address = "There", risk = "low" } },
        };
        (await staff.PostAsJsonAsync("/api/staff/campaigns", body)).EnsureSuccessStatusCode();
        (await staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null)).EnsureSuccessStatusCode();
    }

    private static async Task CountAsync(HttpClient staff, int expected)
    {
        var counts = await staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{Slug}/counts");
        var pending = counts!["countries"]!.AsArray().Sum(country => country!["pending"]!.GetValue<int>());
        if (pending != expected) throw new InvalidOperationException($"{pending} rows for {expected} acknowledged signatures.");
    }

    private static double Median(List<Round> rounds) => rounds.Select(round => round.PerSecond).Order().ElementAt(rounds.Count / 2);

    private static void Print(string name, List<Round> rounds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {Median(rounds):0} | {rounds.Min(round => round.PerSecond):0}–{rounds.Max(round => round.PerSecond):0} | {rounds.Average(round => round.MedianMilliseconds):0.0} | {rounds.Max(round => round.P99Milliseconds):0.0} |"));
}
