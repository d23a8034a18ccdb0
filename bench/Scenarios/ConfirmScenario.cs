using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// Durable confirming, each person once, compared with the same server that only checks the token.
/// It runs once without sealing, which measures confirming alone, and once while the ledger is
/// sealed, as in a running campaign.
/// </summary>
internal static class ConfirmScenario
{
    private const int PeopleEachSecond = 12_000;
    private const int Ok = 200;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        await using var resting = await Site.OpenAsync(options);
        await resting.Server.PostAsync(Site.Reference("/rest-ledger"));
        await using var sealing = await Site.OpenAsync(options);
        var confirm = new Side("confirm");
        var both = new Side("confirm while the ledger is sealed");
        var noOp = new Side("its no-op: parse + check the token");
        var each = (int)(PeopleEachSecond * options.Length.TotalSeconds);
        var signers = new SignRequests(Site.Api("/signatures"));
        var otherSigners = new SignRequests(Site.Api("/signatures"));
        for (var round = 0; round <= options.Rounds; round++)
        {
            await resting.SignAsync(signers, each);
            var links = await resting.ConfirmLinksAsync(each);
            await resting.TakeAsync(noOp, round, load =>
                load.RunAsync(FixedRequests.Confirm(ConfirmingReferences.NoOp, links), Ok, TimeSpan.MaxValue)
            );
            await resting.TakeAsync(confirm, round, load =>
                load.RunAsync(FixedRequests.Confirm("/api/confirmations", links), Ok, TimeSpan.MaxValue)
            );
            await sealing.SignAsync(otherSigners, each);
            links = await sealing.ConfirmLinksAsync(each);
            await sealing.TakeAsync(both, round, load =>
                load.RunAsync(FixedRequests.Confirm("/api/confirmations", links), Ok, TimeSpan.MaxValue)
            );
        }
        ExpectRows(resting.Folder, confirm.Answered);
        ExpectRows(sealing.Folder, both.Answered);

        var report = new Report(
            $"""
            {options.Connections} connections, {options.Rounds} rounds of {each:N0} people in turns after one to warm
            up, each confirmed once. Every answer 200; confirmed rows, both counters, manage letters and ledger
            entries equal the answers. Limits off, no line a request in the log, mail server down (letters wait).
            Client and server share the cores.
            """,
            Side.Columns
        );
        report.Row(confirm.Cells);
        report.Row(both.Cells);
        report.Row(noOp.Cells);
        report.Add(new Target("confirm / no-op", confirm.Against(noOp), 0.45, 0.65));
        report.Add(new Target("confirm while the ledger is sealed / no-op", both.Against(noOp), 0.45, 0.65));
        return report;
    }

    private static void ExpectRows(DataFolder folder, int acknowledged)
    {
        folder.Expect(
            acknowledged,
            "confirmed signatures",
            "SELECT count(*) FROM signatures WHERE state = 'confirmed'"
        );
        folder.Expect(
            acknowledged,
            "counted as confirmed",
            "SELECT sum(value) FROM counters WHERE state = 'confirmed'"
        );
        folder.Expect(0, "counted as pending", "SELECT sum(value) FROM counters WHERE state = 'pending'");
        folder.Expect(acknowledged, "counted by day", "SELECT sum(value) FROM counters_by_day");
        folder.Expect(acknowledged, "manage letters", "SELECT count(*) FROM letters WHERE kind = 'manage'");
        folder.Expect(
            acknowledged,
            "ledger entries",
            "SELECT (SELECT count(*) FROM ledger_queue) + (SELECT count(*) FROM ledger_entries)"
        );
        folder.Expect(
            acknowledged,
            "signatures in the ledger",
            "SELECT count(*) FROM (SELECT signature_id FROM ledger_queue UNION SELECT signature_id FROM ledger_entries)"
        );
    }
}
