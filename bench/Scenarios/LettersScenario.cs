using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// The worker empties a full outbox: it claims, decrypts, composes, sends and records letters. This
/// is compared with the product's mail client in the same process, which sends as many copies of
/// one letter to the same sink.
/// </summary>
internal static class LettersScenario
{
    public static async Task<Report> RunAsync(BenchOptions options)
    {
        using var sink = new SmtpSink();
        await using var site = await Site.OpenAsync(options, $"--Mail:Port={sink.Port}");
        var count = options.Volume(40_000);
        var people = new SignRequests(Site.Api("/signatures"));
        // The letters of signing warm up the worker.
        await sink.TakeAsync(count, differ: true, () => site.SignAsync(people, count));
        await SentAsync(site.Folder, count);

        var (outbox, bare) = (
            new MailSide("outbox: claim, decrypt, compose, send, record"),
            new MailSide("the mail client alone, one composed letter")
        );
        for (var round = 0; round <= options.Rounds; round++)
        {
            await bare.TakeAsync(round, site.Server, () =>
                sink.TakeAsync(count, differ: false, () =>
                    site.Server.PostAsync(Site.Reference($"/bare-letters?count={count}"))
                )
            );
            await outbox.TakeAsync(round, site.Server, () =>
                sink.TakeAsync(count, differ: true, () =>
                    site.Server.PostAsync(Site.Reference($"/letters?count={count}"))
                )
            );
            await SentAsync(site.Folder, (round + 2) * count);
        }

        var report = new Report(
            $"""
            {count:N0} letters a round, {options.Rounds} rounds in turns after one to warm up, from the first MAIL to
            the last letter accepted by a mail server in the driving process. Every letter accepted, each for another
            address, and each row marked sent. Limits off. Worker and mail server share the cores.
            """,
            MailSide.Columns
        );
        report.Row(outbox.Cells);
        report.Row(bare.Cells);
        report.Add(new Target("letters with outbox and rendering / mail client alone", outbox.Against(bare), 0.4, 0.7));
        return report;
    }

    // The last letters are recorded a moment after the sink accepted them.
    private static async Task SentAsync(DataFolder folder, int total)
    {
        const string CountSent = "SELECT count(*) FROM letters WHERE state = 'sent' AND sent_at IS NOT NULL";
        for (var tries = 0; tries < 100 && folder.Number(CountSent) != total; tries++)
            await Task.Delay(100);
        folder.Expect(total, "letters marked sent", CountSent);
        folder.Expect(0, "letters otherwise", "SELECT count(*) FROM letters WHERE state <> 'sent'");
    }
}
