using System.Threading.RateLimiting;
using Campaigns.Api.Pages;
using Campaigns.Db;
using Campaigns.Db.Signatures;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http;

/// <summary>
/// Rate limits by network. The counts are in memory only and end with the process.
/// </summary>
internal static class NetworkRateLimits
{
    public const string Signing = "signing";
    public const string Other = "other";
    public const string Streams = "streams";

    public static IServiceCollection AddNetworkLimits(this IServiceCollection services) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = async (rejected, _) =>
            {
                RetryAfter.Set(rejected.HttpContext.Response, rejected.Lease);
                Record(rejected.HttpContext);
                if (rejected.HttpContext.IsPage())
                    await PageSetup.ExplainAsync(rejected.HttpContext, limiter.RejectionStatusCode);
                else
                    await Problems.WriteAsync(rejected.HttpContext, Refusal.RateLimited);
            };
            limiter.AddPolicy(Signing, context =>
                Window(context, limits => limits.RefuseSigningPerNetworkPerHour, TimeSpan.FromHours(1))
            );
            limiter.AddPolicy(Streams, Streaming);
            limiter.AddPolicy(Other, context =>
                Window(context, limits => limits.RefuseOtherPerNetworkPerMinute, TimeSpan.FromMinutes(1))
            );
        });

    /// <summary>The key of a limit: the network of the request.</summary>
    public static string KeyOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
            ? Convert.ToHexString(NetworkRequestCounter.NetworkOf(address))
            : "local";

    private static void Record(HttpContext context)
    {
        var policy = context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName;
        context
            .RequestServices.GetRequiredService<LimitTally>()
            .Record(
                policy switch
                {
                    Signing => nameof(LimitOptions.RefuseSigningPerNetworkPerHour),
                    Streams => nameof(LimitOptions.StreamsPerNetwork),
                    _ => nameof(LimitOptions.RefuseOtherPerNetworkPerMinute),
                }
            );
    }

    private static RateLimitPartition<string> Streaming(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        return limits.Enabled
            ? RateLimitPartition.GetConcurrencyLimiter(KeyOf(context), _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = limits.StreamsPerNetwork,
            })
            : RateLimitPartition.GetNoLimiter("");
    }

    private static RateLimitPartition<string> Window(HttpContext context, Func<LimitOptions, int> most, TimeSpan window)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        return limits.Enabled
            ? RateLimitPartition.GetFixedWindowLimiter(KeyOf(context), _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = most(limits),
                Window = window,
            })
            : RateLimitPartition.GetNoLimiter("");
    }
}
