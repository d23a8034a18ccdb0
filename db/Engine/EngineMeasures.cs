using System.Diagnostics.Metrics;

namespace Campaigns.Db.Engine;

/// <summary>
/// What the writer measures, once for each batch and not for each request. Without a listener an
/// instrument costs one comparison.
/// </summary>
internal static class EngineMeasures
{
    private static readonly Meter _meter = new(Database.MeterName);

    /// <summary>
    /// Signatures that entered a bucket (see SignatureState.Buckets), by their real country.
    /// </summary>
    public static readonly Counter<long> Signatures = _meter.CreateCounter<long>(
        "campaign.signatures",
        description: "Signatures that became pending, confirmed, held and so on, by country."
    );

    public static readonly Histogram<double> CommitDuration = _meter.CreateHistogram(
        "campaign.commit.duration",
        "s",
        "How long a batch takes from its begin to its durable commit.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
        }
    );

    public static readonly Histogram<long> CommitBatch = _meter.CreateHistogram(
        "campaign.commit.batch",
        description: "The requests that one commit made durable.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] }
    );
}
