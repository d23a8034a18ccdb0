using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http;

/// <summary>
/// Applies the <see cref="NetworkLimit"/> of an endpoint; other endpoints are not limited.
/// </summary>
internal sealed class NetworkLimiter(IOptions<LimitOptions> options, TimeProvider time)
    : PartitionedRateLimiter<HttpContext>
{
    private static readonly Lease _free = new(null);

    private readonly Dictionary<NetworkLimit, RequestWindow> _windows = NetworkLimit.All.ToDictionary(
        limit => limit,
        limit => new RequestWindow(limit.Window, time)
    );

    /// <summary>Returns null, because nothing reads statistics of these limits.</summary>
    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount)
    {
        var limits = options.Value;
        if (!limits.Enabled || resource.GetEndpoint()?.Metadata.GetMetadata<NetworkLimit>() is not { } limit)
            return _free;
        return _windows[limit].Count(NetworkRateLimits.KeyOf(resource), limit.Most(limits)) is { } wait
            ? new Lease(wait)
            : _free;
    }

    // The middleware asks a second time for a request that was refused at once; it is refused again.
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        HttpContext resource,
        int permitCount,
        CancellationToken cancellationToken
    ) => new(AttemptAcquireCore(resource, permitCount));

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => wait is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
