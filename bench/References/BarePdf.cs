using System.Diagnostics;
using System.Globalization;
using Campaigns.Bench.Filling;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;
using Campaigns.Worker.Packets.Documents;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Bench.References;

/// <summary>
/// The cost of building a packet: elapsed time, processor time and peak memory.
/// </summary>
internal sealed record BuildRound(double Seconds, double ProcessorSeconds, double PeakMegabytes);

/// <summary>
/// The PDF writer alone: it shapes the same people's number, name, place and day once and sets line
/// after line, in volumes as large as a packet's, into a file. There is no database, no decryption,
/// no count of pages, no hash and no ZIP. It runs in a new process, as cold as the server's.
/// </summary>
internal static class BarePdf
{
    /// <summary>The first argument of this program for it: <c>pdf COUNT FILE</c>.</summary>
    public const string Mode = "pdf";

    private const double Top = 100,
        Leading = 15.8,
        Size = 9.5;

    public static int Run(string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        var count = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        for (var from = 0; from < count; from += SignatureVolume.Most)
            WriteVolume(arguments[1], from, Math.Min(from + SignatureVolume.Most, count));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{clock.Elapsed.TotalSeconds} {Environment.CpuUsage.TotalTime.TotalSeconds} "
                    + $"{OwnProcess.PeakMegabytes(Environment.ProcessId)}"
            )
        );
        return 0;
    }

    /// <summary>Runs it in another process.</summary>
    public static async Task<BuildRound> MeasureAsync(int count, DataFolder folder)
    {
        var file = Path.Combine(folder.Path, "bare.pdf");
        using var process = OwnProcess.Start(
            [Mode, count.ToString(CultureInfo.InvariantCulture), file],
            readOutput: true
        );
        var numbers = (await process.StandardOutput.ReadToEndAsync())
            .Split(' ')
            .Select(word => double.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .ToList();
        await process.WaitForExitAsync();
        File.Delete(file);
        if (process.ExitCode != 0)
            throw new WrongResultException("The PDF writer failed.");
        var round = new BuildRound(numbers[0], numbers[1], numbers[2]);
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"bare writer, {count:N0}: {round.Seconds:0.0} s"));
        return round;
    }

    private static void WriteVolume(string file, int from, int to)
    {
        using var stream = File.Create(file);
        var type = new Typesetter(Fonts.Regular);
        var document = new PdfDocument(
            stream,
            new PdfInfo("Signatures", "en", DateTimeOffset.UnixEpoch, new string('0', 32))
        );
        var lines = (int)((PdfDocument.Height - (2 * Top)) / Leading);
        for (var first = from; first < to; first += lines)
        {
            var (start, end) = (first, Math.Min(first + lines, to));
            document.Page(page =>
            {
                for (var person = start; person < end; person++)
                    SetLine(page, type, person, Top + ((person - start) * Leading));
            });
        }
        document.Finish();
    }

    private static void SetLine(PdfPage page, Typesetter type, int person, double y)
    {
        page.Line(type.Shape((person + 1).ToString(CultureInfo.InvariantCulture)), 60, y, Size);
        page.Line(type.Shape(PeopleNames.Name(person)), 100, y, Size);
        if (PeopleNames.Locality(person) is { } locality)
            page.Line(type.Shape(locality), 360, y, Size);
        page.Line(type.Shape("2019-05-17"), 490, y, Size);
    }
}
