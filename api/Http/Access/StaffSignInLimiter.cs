using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Limits failed sign-ins with staff tokens from one network. Valid tokens are never limited.
/// </summary>
internal sealed class StaffSignInLimiter(IOptions<LimitOptions> limits, LimitTally tally, TimeProvider time)
{
    private readonly RequestWindow _failures = new(TimeSpan.FromMinutes(1), time);

    private int Most => limits.Value.RefuseStaffFailuresPerNetworkPerMinute;

    /// <summary>
    /// Counts a failed sign-in. Returns null, or how long its network has to wait because it has
    /// had too many.
    /// </summary>
    public TimeSpan? Count(HttpContext context)
    {
        var wait = limits.Value.Enabled ? _failures.Count(NetworkRateLimits.KeyOf(context), Most) : null;
        if (wait is not null)
            tally.Record(nameof(LimitOptions.RefuseStaffFailuresPerNetworkPerMinute));
        return wait;
    }

    /// <summary>True if this network has had too many; counts nothing.</summary>
    public bool IsExhausted(HttpContext context) =>
        limits.Value.Enabled && _failures.IsFull(NetworkRateLimits.KeyOf(context), Most);
}
