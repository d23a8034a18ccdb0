using System.Threading.RateLimiting;
using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Limits failed sign-ins with staff tokens from one network. Valid tokens are never limited.
/// </summary>
internal sealed class StaffSignInLimiter(IOptions<LimitOptions> limits, LimitTally tally) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(
        context =>
            limits.Value.Enabled
                ? RateLimitPartition.GetFixedWindowLimiter(
                    NetworkRateLimits.KeyOf(context),
                    _ => new FixedWindowRateLimiterOptions
                    {
                        PermitLimit = limits.Value.RefuseStaffFailuresPerNetworkPerMinute,
                        Window = TimeSpan.FromMinutes(1),
                    }
                )
                : RateLimitPartition.GetNoLimiter("")
    );

    /// <summary>Counts a failed sign-in; not acquired once its network has had too many.</summary>
    public RateLimitLease Attempt(HttpContext context)
    {
        var lease = _limiter.AttemptAcquire(context);
        if (!lease.IsAcquired)
            tally.Record(nameof(LimitOptions.RefuseStaffFailuresPerNetworkPerMinute));
        return lease;
    }

    /// <summary>True if this network has had too many; counts nothing.</summary>
    public bool IsExhausted(HttpContext context) =>
        _limiter.GetStatistics(context) is { CurrentAvailablePermits: <= 0 };

    public void Dispose() => _limiter.Dispose();
}
