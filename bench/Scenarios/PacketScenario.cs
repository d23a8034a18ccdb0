using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Api.Commands;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// A packet from the request to ready, through HTTP, in a new server process each time. It is
/// compared with the bare PDF writer on the same people in a new process. The last packet of each
/// size is downloaded and verified with keys and ledger.
/// </summary>
internal static class PacketScenario
{
    private const int MostRounds = 3;
    private static readonly int[] _sizes = [64_000, 275_000, 1_000_000];

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var rounds = Math.Min(options.Rounds, MostRounds);
        var report = new Report(
            $"""
            From the POST to ready, in a new process each time; {rounds} rounds in turns. The packet includes two
            passes over ledger and signers, decryption, volumes, certificate, hashes, signature, encrypted ZIP, and up
            to a fifth of a second until the worker starts. The bare writer only sets the same people's number, name,
            place and day into files. One name in seven is not Latin. The last packet of each size has every signature
            and is verified with the published keys and ledger.
            """,
            "signatures",
            "packet s",
            "spread",
            "CPU s",
            "peak MB",
            "bare writer s",
            "spread",
            "CPU s",
            "peak MB",
            "packet / bare",
            "in CPU s"
        );
        var built = new List<(int Size, List<BuildRound> Packets, List<BuildRound> Bare)>();
        foreach (var size in _sizes.Select(options.Volume))
        {
            using var folder = new DataFolder(options);
            await FillAsync(folder, options, size);
            var (packets, bare) = (new List<BuildRound>(), new List<BuildRound>());
            for (var round = 1; round <= rounds; round++)
            {
                bare.Add(await BarePdf.MeasureAsync(size, folder));
                packets.Add(await BuildAsync(folder, options, size, verify: round == rounds));
            }
            built.Add((size, packets, bare));
            report.Row([
                size.ToString("N0", CultureInfo.InvariantCulture),
                .. Cells(packets),
                .. Cells(bare),
                Text(Times(packets, bare).Median(), "0.00"),
                Text(
                    packets.Zip(bare, (packet, writer) => packet.ProcessorSeconds / writer.ProcessorSeconds).Median(),
                    "0.00"
                ),
            ]);
        }
        var (small, middle, large) = (built[0], built[1], built[2]);
        report.Add(
            new Target(
                $"packet of {middle.Size:N0} / bare PDF writer",
                Times(middle.Packets, middle.Bare),
                2,
                1.3,
                LowerIsBetter: true
            )
        );
        report.Add(
            new Target(
                $"peak memory at {large.Size:N0} / at {small.Size:N0}",
                [.. large.Packets.Zip(small.Packets, (most, least) => most.PeakMegabytes / least.PeakMegabytes)],
                1.25,
                1.05,
                LowerIsBetter: true
            )
        );
        return report;
    }

    /// <summary>Fills a campaign; the product then seals its ledger.</summary>
    private static async Task FillAsync(DataFolder folder, BenchOptions options, int size)
    {
        await (await Site.ServeAsync(folder, options)).CloseAsync();
        await Filling.Filling.ConfirmedAsync(folder, size);
        Progress.Say("The ledger is sealed");
        var sealing = await Site.ServeAsync(folder, options, "--Ledger:MaxDelay=00:00:01");
        var clock = Stopwatch.StartNew();
        while (folder.Number("SELECT max(size) FROM ledger_heads WHERE journaled = 1") < size)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(20))
                throw new TimeoutException("The ledger is not sealed.");
            await Task.Delay(200);
        }
        await sealing.CloseAsync();
    }

    private static async Task<BuildRound> BuildAsync(DataFolder folder, BenchOptions options, int size, bool verify)
    {
        var site = await Site.ServeAsync(folder, options);
        try
        {
            await site.Server.SettleAsync();
            var http = site.Server.Http;
            var processor = site.Server.ProcessorTime;
            var clock = Stopwatch.StartNew();
            using var asked = await http.PostAsJsonAsync(
                $"/api/staff/campaigns/{Site.Slug}/packets",
                new
                {
                    recipient = Site.Recipient,
                    disclosure = "name",
                    locale = "en",
                }
            );
            if ((int)asked.StatusCode != 202)
                throw new WrongResultException($"Asking for a packet answered {(int)asked.StatusCode}.");
            var address = asked.Headers.Location!.ToString();
            JsonNode packet;
            while (
                (packet = (await http.GetFromJsonAsync<JsonNode>(address))!)["status"]!.GetValue<string>()
                    is "queued"
                        or "building"
            )
                await Task.Delay(50);
            var round = new BuildRound(
                clock.Elapsed.TotalSeconds,
                (site.Server.ProcessorTime - processor).TotalSeconds,
                site.Server.PeakMegabytes
            );
            Progress.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"packet of {size:N0}: {round.Seconds:0.0} s, {round.PeakMegabytes:0} MB"
                )
            );
            // All signers agreed to be named, so the packet must have all of them by name.
            var names = folder.Number(
                """
                SELECT sum(json_extract(c.value, '$.name'))
                FROM packets p, json_each(p.manifest, '$.counts') c
                WHERE p.id = (SELECT max(id) FROM packets)
                """
            );
            if ((packet["status"]!.GetValue<string>(), names) != ("ready", size))
                throw new WrongResultException($"The packet is {packet["status"]} with {names} names of {size}.");
            if (verify)
                await VerifyAsync(http, address, folder);
            return round;
        }
        finally
        {
            await site.CloseAsync();
        }
    }

    private static async Task VerifyAsync(HttpClient http, string address, DataFolder folder)
    {
        string[] files =
        [
            .. ((string[])["packet.zip", "keys.json", "ledger.ndjson"]).Select(name => Path.Combine(folder.Path, name)),
        ];
        string[] sources = [address + "/file", "/api/keys", $"/api/campaigns/{Site.Slug}/ledger"];
        foreach (var (source, target) in sources.Zip(files))
        {
            await using var file = File.Create(target);
            await using var content = await http.GetStreamAsync(source);
            await content.CopyToAsync(file);
        }
        using var output = new StringWriter();
        if (VerifyCommand.Run(files[0], files[1], files[2], certificateFile: null, output) != 0)
            throw new WrongResultException($"The packet does not verify:\n{output}");
        foreach (var file in files)
            File.Delete(file);
    }

    private static List<double> Times(List<BuildRound> packets, List<BuildRound> bare) =>
        [.. packets.Zip(bare, (packet, writer) => packet.Seconds / writer.Seconds)];

    private static string[] Cells(List<BuildRound> rounds) =>
        [
            Text(rounds.Select(round => round.Seconds).Median(), "0.0"),
            $"{Text(rounds.Min(round => round.Seconds), "0.0")}–{Text(rounds.Max(round => round.Seconds), "0.0")}",
            Text(rounds.Select(round => round.ProcessorSeconds).Median(), "0.0"),
            Text(rounds.Select(round => round.PeakMegabytes).Median(), "0"),
        ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
