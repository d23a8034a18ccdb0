using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>Signing, durable, beside the same server that seals and throws away, and beside one transaction a request.</summary>
internal static class SignScenario
{
    private const string Path = $"/api/campaigns/{BenchCampaign.Slug}/signatures";
    private const int Accepted = 202;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        using var folder = new DataFolder(options);
        using var limitedFolder = new DataFolder(options);
        await using var server = await ServerProcess.StartAsync(folder.Path);
        await using var limited = await ServerProcess.StartAsync(limitedFolder.Path, "--Limits:Enabled=true", "--Proxies:Known:0=127.0.0.1");
        await BenchCampaign.OpenAsync(server.Http);
        await BenchCampaign.OpenAsync(limited.Http);
        using var load = await Load.ConnectAsync(server.Url, options.Connections);
        using var limitedLoad = await Load.ConnectAsync(limited.Url, options.Connections);

        var sign = new Side("sign");
        var withLimits = new Side("sign, limits on, from 65,536 networks");
        var thrownAway = new Side("parse + validate + seal, nothing stored");
        var oneByOne = new Side("the same + one transaction a request");
        var people = new SignRequests(Path);
        var networks = new SignRequests(Path, forwarded: true);
        var nobody = new SignRequests(SigningReferences.Sealed.Replace("{slug}", BenchCampaign.Slug, StringComparison.Ordinal));
        var others = new SignRequests(SigningReferences.OneByOne.Replace("{slug}", BenchCampaign.Slug, StringComparison.Ordinal));
        for (var round = 0; round <= options.Rounds; round++)
        {
            await TakeAsync(sign, round, server, load, people);
            await TakeAsync(thrownAway, round, server, load, nobody);
            await TakeAsync(oneByOne, round, server, load, others);
            await TakeAsync(withLimits, round, limited, limitedLoad, networks);
        }
        ExpectRows(folder, sign.Answered);
        ExpectRows(limitedFolder, withLimits.Answered);
        limitedFolder.Expect(withLimits.Answered, "requests counted by network", "SELECT sum(value) FROM network_requests");
        ExpectRows(folder, oneByOne.Answered, OneTransaction.FileName);

        var report = new Report(
            $"""
            {options.Connections} connections, {options.Rounds} rounds of {options.Length.TotalSeconds:0} s in turns after one to warm up. Every answer 202; rows of signatures, consents and letters and the counters equal
            the answers. Limits off except where said, no line a request in the log, mail server down (letters wait). Client and server share the cores.
            """, Side.Columns);
        foreach (var side in (Side[])[sign, thrownAway, oneByOne, withLimits]) report.Row(side.Cells);
        report.Add(new Target("sign / parse + validate + seal", sign.Against(thrownAway), 0.45, 0.65));
        report.Add(new Target("sign / one transaction a request", sign.Against(oneByOne), 8, 12));
        report.Add(new Target("sign p99", [.. sign.Rounds.Select(round => round.P99Milliseconds)], 40, 20, "ms", LowerIsBetter: true));
        return report;

        async Task TakeAsync(Side side, int round, ServerProcess on, Load by, SignRequests requests)
        {
            await on.SettleAsync();
            side.Add(round, await on.MeasureAsync(() => by.RunAsync(requests.Next, Accepted, options.Length)));
        }
    }

    private static void ExpectRows(DataFolder folder, int acknowledged, string file = Db.Database.FileName)
    {
        folder.Expect(acknowledged, "signatures", "SELECT count(*) FROM signatures WHERE state = 'pending'", file);
        folder.Expect(acknowledged, "confirmation letters", "SELECT count(*) FROM letters WHERE kind = 'confirm'", file);
        folder.Expect(2L * acknowledged, "consents", "SELECT count(*) FROM consents", file);
        folder.Expect(acknowledged, "counted", "SELECT sum(value) FROM counters WHERE state = 'pending'", file);
    }
}
