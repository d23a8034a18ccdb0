using System.Net.Http.Json;
using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;
using Campaigns.Db;

namespace Campaigns.Bench.Server;

/// <summary>
/// A server with its own data folder, or several servers with one database, with one open campaign
/// and the load's connections.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Slug = "bench";
    public const string Recipient = "embassy";

    private readonly IReadOnlyList<ServerProcess> _servers;
    private readonly PostgresServer? _database;

    private Site(
        DataFolder folder,
        IReadOnlyList<ServerProcess> servers,
        BenchOptions options,
        PostgresServer? database = null
    )
    {
        (Folder, _servers, _database) = (folder, servers, database);
        Load = new Load(servers.Select(server => server.Url), options.Connections);
    }

    public DataFolder Folder { get; }

    /// <summary>The only server, or the first.</summary>
    public ServerProcess Server => _servers[0];

    public Load Load { get; }

    /// <summary>An address of the campaign, such as <c>/signatures</c>.</summary>
    public static string Api(string rest) => $"/api/campaigns/{Slug}{rest}";

    /// <summary>An address of the references, such as <c>/sealed</c>.</summary>
    public static string Reference(string rest) => $"/bench/campaigns/{Slug}{rest}";

    public static Task<Site> OpenAsync(BenchOptions options, params string[] settings) =>
        ServeAsync(new DataFolder(options), options, settings);

    /// <summary>
    /// Serves a folder and opens a campaign if there is none. Disposing deletes the folder.
    /// </summary>
    public static async Task<Site> ServeAsync(DataFolder folder, BenchOptions options, params string[] settings)
    {
        var server = await ServerProcess.StartAsync(folder.Path, settings);
        if (folder.Number("SELECT count(*) FROM campaigns") == 0)
            await OpenCampaignAsync(server.Http);
        return new Site(folder, [server], options);
    }

    /// <summary>
    /// Serves an empty PostgreSQL database with several processes, which share keys and folder. The
    /// first hosts the worker.
    /// </summary>
    public static async Task<Site> OnPostgresAsync(
        PostgresServer database,
        string connectionString,
        int processes,
        BenchOptions options
    )
    {
        var folder = new DataFolder(options);
        string[] settings =
        [
            $"--Database:Provider={DatabaseOptions.Postgres}",
            $"--Database:ConnectionString={connectionString}",
        ];
        var servers = new List<ServerProcess> { await ServerProcess.StartAsync(folder.Path, settings) };
        await OpenCampaignAsync(servers[0].Http);
        while (servers.Count < processes)
            servers.Add(await ServerProcess.StartAsync(folder.Path, [.. settings, "--Worker:InProcess=false"]));
        return new Site(folder, servers, options, database);
    }

    /// <summary>Runs a round of a side once every server is idle.</summary>
    public async Task TakeAsync(Side side, int round, Func<Load, Task<Round>> load)
    {
        foreach (var server in _servers)
            await server.SettleAsync();
        side.Add(round, await MeasureAsync(load));
    }

    /// <summary>Signs for that many people without measuring.</summary>
    public Task SignAsync(SignRequests people, int count) => Load.RunAsync(people.Only(count), 202, TimeSpan.MaxValue);

    /// <summary>
    /// The links of that many people who have not confirmed yet, in the order of signing.
    /// </summary>
    public async Task<IReadOnlyList<string>> ConfirmLinksAsync(int count)
    {
        var links = (await Server.Http.GetStringAsync(Reference($"/confirm-links?count={count}"))).Split('\n');
        return links.Length == count
            ? links
            : throw new WrongResultException($"{links.Length} links, expected {count}.");
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Folder.Dispose();
    }

    /// <summary>Ends the servers and leaves the folder.</summary>
    public async Task CloseAsync()
    {
        Load.Dispose();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    /// <summary>
    /// Runs a load and measures its cost: processor time of the servers, their database and this
    /// process, and bytes allocated by the servers.
    /// </summary>
    private async Task<Round> MeasureAsync(Func<Load, Task<Round>> load)
    {
        var allocated = await AllocatedAsync();
        var (servers, database, client) = (ServerTime, DatabaseTime, Environment.CpuUsage.TotalTime);
        var round = await load(Load);
        return round with
        {
            ServerSeconds = (ServerTime - servers).TotalSeconds,
            DatabaseSeconds = (DatabaseTime - database).TotalSeconds,
            ClientSeconds = (Environment.CpuUsage.TotalTime - client).TotalSeconds,
            Allocated = await AllocatedAsync() - allocated,
        };
    }

    private TimeSpan ServerTime => _servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.ProcessorTime);

    private TimeSpan DatabaseTime => _database?.ProcessorTime ?? TimeSpan.Zero;

    private async Task<long> AllocatedAsync() =>
        (await Task.WhenAll(_servers.Select(server => server.AllocatedAsync()))).Sum();

    private static async Task OpenCampaignAsync(HttpClient staff)
    {
        var body = new
        {
            slug = Slug,
            organisation = "Example Rights International",
            controller = new { name = "Example Rights International", contact = "privacy@example.org" },
            privacyNotice = new { version = "1", text = "We keep little." },
            texts = new
            {
                en = new
                {
                    title = "Investigate the persecution",
                    demand = "We ask you to investigate.\n\nWe ask you to protect witnesses.",
                },
            },
            goal = 1_000_000,
            countries = new[] { Listed("GB"), Listed("NL"), Listed("NO") },
            recipients = new[]
            {
                new
                {
                    key = Recipient,
                    name = "Embassy, London",
                    address = "1 Palace Gardens, London",
                    risk = "low",
                    maxDisclosure = "name",
                },
            },
        };
        await SucceedAsync(staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await SucceedAsync(staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null));
    }

    private static object Listed(string country) =>
        new
        {
            country,
            goal = 100_000,
            locale = "en",
        };

    private static async Task SucceedAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        if (!answer.IsSuccessStatusCode)
            throw new WrongResultException(await answer.Content.ReadAsStringAsync());
    }
}
