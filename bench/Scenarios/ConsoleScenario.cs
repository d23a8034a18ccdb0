using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// The console's screens of a campaign with a million signatures over three years in every country,
/// each compared with a static response of the same size.
/// </summary>
internal static class ConsoleScenario
{
    private const int Signatures = 1_000_000;

    private static readonly (string Name, string Path)[] _screens =
    [
        ("Today", "/staff"),
        ("campaign, by day", $"/staff/c/{Site.Slug}"),
        ("campaign, by hour", $"/staff/c/{Site.Slug}?by=hour"),
        ("one country", $"/staff/c/{Site.Slug}/countries/GB"),
    ];

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var signatures = options.Volume(Signatures);
        var folder = new DataFolder(options);
        await (await Site.ServeAsync(folder, options)).CloseAsync();
        await Filling.Filling.PendingAsync(folder, signatures);
        await using var site = await Site.ServeAsync(folder, options);
        using var reading = new Load([site.Server.Url], connections: 1);
        var cookie = await site.Server.PostAsync(ConsoleHistory.Path);
        var report = new Report(
            $"""
            One member looks, {options.Rounds} rounds of {options.Length.TotalSeconds:0} s in turns after one to warm
            up. {signatures:N0} signatures, and counters of three years in every country. Every answer 200. A
            static response has the bytes of its screen. Client and server share the cores.
            """,
            [.. Side.TimeColumns, "bytes"]
        );
        foreach (var (name, path) in _screens)
            await CompareAsync(site, reading, options, cookie, report, name, path);
        return report;
    }

    private static async Task CompareAsync(
        Site site,
        Load reading,
        BenchOptions options,
        string cookie,
        Report report,
        string name,
        string path
    )
    {
        var body = await ReadAsync(site, path, cookie);
        using var content = new ByteArrayContent(body);
        (
            await site.Server.Http.PostAsync(new Uri(ReadingReferences.Static, UriKind.Relative), content)
        ).EnsureSuccessStatusCode();
        var (screen, still) = (new Side(name), new Side("a static response of the same size"));
        for (var round = 0; round <= options.Rounds; round++)
        {
            await TakeAsync(screen, round, FixedRequests.Get(path, cookie));
            await TakeAsync(still, round, FixedRequests.Get(ReadingReferences.Static));
        }
        report.Row([.. screen.Times, $"{body.Length:N0}"]);
        report.Row([.. still.Times, $"{body.Length:N0}"]);
        report.Add(
            new Target(
                $"{name}: p99",
                [.. screen.Rounds.Select(round => round.P99Milliseconds)],
                1000,
                250,
                "ms",
                LowerIsBetter: true
            )
        );

        async Task TakeAsync(Side side, int round, Requests requests)
        {
            await site.Server.SettleAsync();
            side.Add(round, await reading.RunAsync(requests, 200, options.Length));
        }
    }

    private static async Task<byte[]> ReadAsync(Site site, string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        using var answer = await site.Server.Http.SendAsync(request);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }
}
