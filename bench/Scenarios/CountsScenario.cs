using System.Globalization;
using System.Text.Json.Nodes;
using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// Reading the public counts while people sign, compared with a static response of the same size
/// under the same signing. Counts must be right a second later.
/// </summary>
internal static class CountsScenario
{
    private const int Confirmed = 200;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        await using var site = await Site.OpenAsync(options);
        var people = new SignRequests(Site.Api("/signatures"));
        var readers = Math.Max(1, options.Connections / 4);
        using var reading = new Load([site.Server.Url], readers);
        using var signing = new Load([site.Server.Url], readers);
        await site.SignAsync(people, Confirmed);
        await ConfirmAsync(site, Confirmed);
        var body = await site.Server.Http.GetByteArrayAsync(Site.Api("/counts"));
        (
            await site.Server.Http.PostAsync(
                new Uri(ReadingReferences.Static, UriKind.Relative),
                new ByteArrayContent(body)
            )
        ).EnsureSuccessStatusCode();

        var (counts, signingBeside) = (new Side("counts"), new Side(""));
        var (still, signingBesideStill) = (new Side("a static response of the same size"), new Side(""));
        for (var round = 0; round <= options.Rounds; round++)
        {
            await TakeAsync(counts, signingBeside, round, Site.Api("/counts"));
            await TakeAsync(still, signingBesideStill, round, ReadingReferences.Static);
        }
        await ConfirmAsync(site, 2 * Confirmed);
        var signed = Confirmed + signingBeside.Answered + signingBesideStill.Answered;
        site.Folder.Expect(signed, "signatures", "SELECT count(*) FROM signatures");
        site.Folder.Expect(signed, "counted", "SELECT sum(value) FROM counters");

        var report = new Report(
            $"""
            {readers} connections read while {readers} others sign, {options.Rounds} rounds of
            {options.Length.TotalSeconds:0} s in turns after one to warm up; {body.Length} bytes a body. Every answer
            200 or 202; rows and counters equal the answers; counts are right a second after {Confirmed} more people
            confirmed. Limits off, no line a request in the log, mail server down (letters wait). Client and server
            share the cores.
            """,
            [.. Side.TimeColumns, "signatures/s at the same time"]
        );
        report.Row([.. counts.Times, signingBeside.Rate]);
        report.Row([.. still.Times, signingBesideStill.Rate]);
        report.Add(new Target("counts / static response", counts.Against(still), 0.9, 0.97));
        return report;

        async Task TakeAsync(Side reads, Side signatures, int round, string path)
        {
            await site.Server.SettleAsync();
            var rounds = await Task.WhenAll(
                reading.RunAsync(FixedRequests.Get(path), 200, options.Length),
                signing.RunAsync(people.Next, 202, options.Length)
            );
            reads.Add(round, rounds[0]);
            signatures.Add(round, rounds[1]);
        }
    }

    // Confirms some people and expects the public counts to include them within the second that the design allows.
    private static async Task ConfirmAsync(Site site, int total)
    {
        var links = await site.ConfirmLinksAsync(Confirmed);
        await site.Load.RunAsync(FixedRequests.Confirm("/api/confirmations", links), 200, TimeSpan.MaxValue);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var counts = JsonNode.Parse(await site.Server.Http.GetStringAsync(Site.Api("/counts")))!;
        var shown = counts["confirmed"]!.GetValue<long>();
        if (shown != total)
            throw new WrongResultException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The counts say {shown} a second after {total} had confirmed."
                )
            );
    }
}
