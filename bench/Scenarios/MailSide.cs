using System.Globalization;
using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>One side and its rounds as the mail server measured them.</summary>
internal sealed class MailSide(string name)
{
    private readonly List<(MailRound Mail, double ServerSeconds)> _rounds = [];

    public static readonly string[] Columns =
    [
        "",
        "letters/s",
        "spread",
        "new connections",
        "bytes a letter",
        "server CPU µs each",
    ];

    public string[] Cells =>
        [
            name,
            Text(_rounds.Select(round => round.Mail.PerSecond).Median()),
            $"{Text(_rounds.Min(round => round.Mail.PerSecond))}–"
                + Text(_rounds.Max(round => round.Mail.PerSecond)),
            Text(_rounds.Select(round => (double)round.Mail.Connections).Median()),
            Text(_rounds.Select(round => (double)round.Mail.Bytes / round.Mail.Letters).Median()),
            Text(_rounds.Select(round => round.ServerSeconds * 1e6 / round.Mail.Letters).Median()),
        ];

    public async Task TakeAsync(int number, ServerProcess server, Func<Task<MailRound>> send)
    {
        await server.SettleAsync();
        var before = server.ProcessorTime;
        var mail = await send();
        Progress.Say($"{name}: {Text(mail.PerSecond)}/s");
        if (number > 0)
            _rounds.Add((mail, (server.ProcessorTime - before).TotalSeconds));
    }

    public IReadOnlyList<double> Against(MailSide reference) =>
        [.. _rounds.Zip(reference._rounds, (mine, other) => mine.Mail.PerSecond / other.Mail.PerSecond)];

    private static string Text(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
