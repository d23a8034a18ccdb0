using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// The worker sends an update to every subscriber: it walks the audience, claims, decrypts,
/// composes, sends, and records in the database and the journal. This is compared with the
/// product's mail client in the same process, which sends as many copies of one composed letter
/// over as many connections to the same sink.
/// </summary>
internal static class UpdateScenario
{
    public static async Task<Report> RunAsync(BenchOptions options)
    {
        using var sink = new SmtpSink();
        await using var site = await Site.OpenAsync(options, $"--Mail:Port={sink.Port}");
        var count = options.Volume(100_000);
        await site.Server.PostAsync(Site.Reference($"/subscribers?count={count}"));
        site.Folder.Expect(count, "subscribers", "SELECT count(*) FROM subscribers WHERE state = 'active'");

        var (update, bare) = (
            new MailSide("update: walk, claim, decrypt, compose, send, record"),
            new MailSide("the mail client alone, one composed letter")
        );
        for (var round = 0; round <= options.Rounds; round++)
        {
            await bare.TakeAsync(round, site.Server, () =>
                sink.TakeAsync(count, differ: false, () =>
                    site.Server.PostAsync(Site.Reference($"/bare-updates?count={count}"))
                )
            );
            await update.TakeAsync(round, site.Server, () =>
                sink.TakeAsync(count, differ: true, () => site.Server.PostAsync(Site.Reference("/update")))
            );
            await SentAsync(site.Folder, round + 1, count);
        }

        var report = new Report(
            $"""
            An update to {count:N0} subscribers a round, {options.Rounds} rounds in turns after one to warm up, from the
            first MAIL to the last letter accepted by a mail server in the driving process. Every letter accepted, each
            for another address, each row marked sent and each in the journal. Limits off. Worker and mail server share
            the cores.
            """,
            MailSide.Columns
        );
        report.Row(update.Cells);
        report.Row(bare.Cells);
        report.Add(new Target("letters of an update / mail client alone", update.Against(bare), 0.4, 0.6));
        return report;
    }

    // The last letters are recorded a moment after the sink accepted them.
    private static async Task SentAsync(DataFolder folder, int updates, int count)
    {
        const string CountEnded = "SELECT count(*) FROM sendings WHERE state = 'sent'";
        for (var tries = 0; tries < 200 && folder.Number(CountEnded) != updates; tries++)
            await Task.Delay(100);
        folder.Expect(updates, "ended sendings", CountEnded);
        folder.Expect(
            (long)updates * count,
            "letters marked sent",
            "SELECT count(*) FROM update_letters WHERE state = 'sent'"
        );
    }
}
