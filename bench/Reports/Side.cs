using System.Globalization;
using Campaigns.Bench.Client;

namespace Campaigns.Bench.Reports;

/// <summary>One side of a comparison: the product or a reference, and its rounds.</summary>
internal sealed class Side(string name)
{
    private readonly List<Round> _rounds = [];

    public static readonly string[] TimeColumns = ["", "requests/s", "spread", "p50 ms", "p99 ms", "worst p99"];

    public static readonly string[] Columns =
    [
        .. TimeColumns,
        "server CPU µs each",
        "client CPU share",
        "allocated bytes each",
    ];

    public IReadOnlyList<Round> Rounds => _rounds;

    /// <summary>Answered requests, including the warm-up round.</summary>
    public int Answered { get; private set; }

    /// <summary>Adds a round; the first warms up and is not recorded.</summary>
    public void Add(int number, Round round)
    {
        Answered += round.Requests;
        Progress.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {round.PerSecond:N0}/s{(number == 0 ? ", warming up" : "")}"
            )
        );
        if (number > 0)
            _rounds.Add(round);
    }

    /// <summary>This side's rate as a share of another's, round by round.</summary>
    public IReadOnlyList<double> Against(Side reference) =>
        [.. _rounds.Zip(reference._rounds, (mine, other) => mine.PerSecond / other.PerSecond)];

    /// <summary>The row under <see cref="Columns"/>.</summary>
    public string[] Cells =>
        [
            .. Times,
            Tenths(Middle(round => round.ServerMicroseconds)),
            $"{Whole(100 * Middle(round => round.ClientSeconds / (round.ClientSeconds + round.ServerSeconds)))} %",
            Whole(Middle(round => round.AllocatedEach)),
        ];

    /// <summary>
    /// The first cells of the row: name, rate, spread and response times.
    /// </summary>
    public string[] Times =>
        [
            name,
            Rate,
            $"{Whole(_rounds.Min(round => round.PerSecond))}–{Whole(_rounds.Max(round => round.PerSecond))}",
            Tenths(Middle(round => round.MedianMilliseconds)),
            Tenths(Middle(round => round.P99Milliseconds)),
            Tenths(_rounds.Max(round => round.P99Milliseconds)),
        ];

    /// <summary>
    /// Processor time for each request, of the servers and of a separate database server.
    /// </summary>
    public string[] Costs =>
        [Tenths(Middle(round => round.ServerMicroseconds)), Tenths(Middle(round => round.DatabaseMicroseconds))];

    public string Rate => Whole(Middle(round => round.PerSecond));

    private double Middle(Func<Round, double> value) => _rounds.Select(value).Median();

    private static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tenths(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
