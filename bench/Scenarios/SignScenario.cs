using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// Durable signing, compared with the same server that encrypts and stores nothing, and with one
/// transaction a request.
/// </summary>
internal static class SignScenario
{
    private const int Accepted = 202;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        await using var site = await Site.OpenAsync(options);
        await using var limited = await Site.OpenAsync(options, "--Limits:Enabled=true", "--Proxies:Known:0=127.0.0.1");
        var sign = new Side("sign");
        var withLimits = new Side("sign, limits on, from 65,536 networks");
        var notStored = new Side("parse + validate + encrypt, nothing stored");
        var oneByOne = new Side("the same + one transaction a request");
        var people = new SignRequests(Site.Api("/signatures"));
        var networks = new SignRequests(Site.Api("/signatures"), forwarded: true);
        var unstored = new SignRequests(Site.Reference("/sealed"));
        var others = new SignRequests(Site.Reference("/one-transaction"));
        for (var round = 0; round <= options.Rounds; round++)
        {
            await site.TakeAsync(sign, round, load => load.RunAsync(people.Next, Accepted, options.Length));
            await site.TakeAsync(notStored, round, load => load.RunAsync(unstored.Next, Accepted, options.Length));
            await site.TakeAsync(oneByOne, round, load => load.RunAsync(others.Next, Accepted, options.Length));
            await limited.TakeAsync(withLimits, round, load => load.RunAsync(networks.Next, Accepted, options.Length));
        }
        ExpectRows(site.Folder.Rows(), sign.Answered);
        ExpectRows(limited.Folder.Rows(), withLimits.Answered);
        limited.Folder.Expect(
            withLimits.Answered,
            "requests counted by network",
            "SELECT sum(value) FROM network_requests"
        );
        ExpectRows(site.Folder.Rows(OneTransaction.FileName), oneByOne.Answered);

        var report = new Report(
            $"""
            {options.Connections} connections, {options.Rounds} rounds of {options.Length.TotalSeconds:0} s in turns
            after one to warm up. Every answer 202; rows of signatures, consents and letters and the counters equal
            the answers. Limits off except where named, no line a request in the log, mail server down (letters wait).
            Client and server share the cores.
            """,
            Side.Columns
        );
        foreach (var side in (Side[])[sign, notStored, oneByOne, withLimits])
            report.Row(side.Cells);
        report.Add(new Target("sign / parse + validate + encrypt", sign.Against(notStored), 0.45, 0.65));
        report.Add(new Target("sign / one transaction a request", sign.Against(oneByOne), 8, 12));
        report.Add(
            new Target(
                "sign p99",
                [.. sign.Rounds.Select(round => round.P99Milliseconds)],
                40,
                20,
                "ms",
                LowerIsBetter: true
            )
        );
        return report;
    }

    /// <summary>
    /// Ends the run unless the database has exactly the rows of that many new signatures.
    /// </summary>
    public static void ExpectRows(Rows rows, int acknowledged)
    {
        using (rows)
        {
            rows.Expect(acknowledged, "signatures", "SELECT count(*) FROM signatures WHERE state = 'pending'");
            rows.Expect(acknowledged, "confirmation letters", "SELECT count(*) FROM letters WHERE kind = 'confirm'");
            rows.Expect(2L * acknowledged, "consents", "SELECT count(*) FROM consents");
            rows.Expect(acknowledged, "counted", "SELECT sum(value) FROM counters WHERE state = 'pending'");
        }
    }
}
