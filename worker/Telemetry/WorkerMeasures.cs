using System.Diagnostics.Metrics;
using Campaigns.Db;
using Campaigns.Db.Letters;

namespace Campaigns.Worker.Telemetry;

/// <summary>What the jobs measure.</summary>
internal static class WorkerMeasures
{
    private static readonly Meter _meter = new(Database.MeterName);

    private static readonly Counter<long> _letters = _meter.CreateCounter<long>(
        "campaign.letters",
        description: "Tries to send a letter, by kind and by the state after it; queued is tried again."
    );

    /// <summary>
    /// The difference between counters and rows, over all campaigns, as of the last recount.
    /// </summary>
    public static readonly Gauge<long> Drift = _meter.CreateGauge<long>(
        "campaign.drift",
        description: "The difference between counters and rows, over all campaigns."
    );

    public static readonly Histogram<double> PacketDuration = _meter.CreateHistogram(
        "campaign.packet.duration",
        "s",
        "How long a packet was built until it was published or had to start over.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
        }
    );

    /// <summary>Adds letters whose outcomes are stored.</summary>
    public static void AddLetters<TLetter>(IEnumerable<LetterOutcome<TLetter>> outcomes)
        where TLetter : IDueLetter
    {
        if (!_letters.Enabled)
            return;
        foreach (var same in outcomes.CountBy(one => (one.Letter.Kind, one.Result.State)))
            _letters.Add(same.Value, new("kind", same.Key.Kind), new("outcome", same.Key.State));
    }
}
