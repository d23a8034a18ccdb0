using System.Net.Http.Json;
using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;

namespace Campaigns.Bench.Server;

/// <summary>A server on a data folder of its own, with one open campaign and connections to it.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Slug = "bench";
    public const string Recipient = "embassy";

    private Site(DataFolder folder, ServerProcess server, Load load) => (Folder, Server, Load) = (folder, server, load);

    public DataFolder Folder { get; }

    public ServerProcess Server { get; }

    public Load Load { get; }

    /// <summary>An address of the campaign: <c>/signatures</c>.</summary>
    public static string Api(string rest) => $"/api/campaigns/{Slug}{rest}";

    /// <summary>An address of the references: <c>/sealed</c>.</summary>
    public static string Reference(string rest) => $"/bench/campaigns/{Slug}{rest}";

    public static Task<Site> OpenAsync(BenchOptions options, params string[] settings) => ServeAsync(new DataFolder(options), options, settings);

    /// <summary>Serves a folder, which goes when this is disposed of; opens the campaign where there is none yet.</summary>
    public static async Task<Site> ServeAsync(DataFolder folder, BenchOptions options, params string[] settings)
    {
        var server = await ServerProcess.StartAsync(folder.Path, settings);
        if (folder.Number("SELECT count(*) FROM campaigns") == 0) await OpenCampaignAsync(server.Http);
        return new Site(folder, server, new Load(server.Url, options.Connections));
    }

    /// <summary>One round for a side, begun when the server is at rest.</summary>
    public async Task TakeAsync(Side side, int round, Func<Load, Task<Round>> load)
    {
        await Server.SettleAsync();
        side.Add(round, await Server.MeasureAsync(() => load(Load)));
    }

    /// <summary>So many people sign, unmeasured.</summary>
    public Task SignAsync(SignRequests people, int count) => Load.RunAsync(people.Only(count), 202, TimeSpan.MaxValue);

    /// <summary>The links of that many people who have not confirmed yet, the first to sign first.</summary>
    public async Task<IReadOnlyList<string>> ConfirmLinksAsync(int count)
    {
        var links = (await Server.Http.GetStringAsync(Reference($"/confirm-links?count={count}"))).Split('\n');
        return links.Length == count ? links : throw new WrongResultException($"{links.Length} links, expected {count}.");
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Folder.Dispose();
    }

    /// <summary>Ends the server and leaves the folder.</summary>
    public async Task CloseAsync()
    {
        Load.Dispose();
        await Server.DisposeAsync();
    }

    private static async Task OpenCampaignAsync(HttpClient staff)
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
            recipients = new[] { new { key = Recipient, name = "Embassy, London", address = "1 Palace Gardens, London", risk = "low", maxDisclosure = "name" } },
        };
        await SucceedAsync(staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await SucceedAsync(staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null));
    }

    private static object Listed(string country) => new { country, goal = 100_000, locale = "en" };

    private static async Task SucceedAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        if (!answer.IsSuccessStatusCode) throw new WrongResultException(await answer.Content.ReadAsStringAsync());
    }
}
