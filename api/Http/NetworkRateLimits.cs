using System.Buffers.Binary;
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
    public const string Streams = "streams";

    private const int BytesOfNetwork = sizeof(ulong);

    public static IServiceCollection AddNetworkLimits(this IServiceCollection services)
    {
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<NetworkLimiter>((limiter, networks) => limiter.GlobalLimiter = networks);
        return services.AddSingleton<NetworkLimiter>().AddRateLimiter(Configure);
    }

    /// <summary>
    /// Limits an endpoint, or those of a group; the limit nearest to an endpoint counts.
    /// </summary>
    public static T RequireNetworkLimit<T>(this T endpoints, NetworkLimit limit)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(limit);

    /// <summary>The key of a limit: the network of the request; 0 without one.</summary>
    public static ulong KeyOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return 0;
        Span<byte> key = stackalloc byte[BytesOfNetwork];
        key.Clear();
        var network = NetworkRequestCounter.NetworkOf(address);
        // An IPv4 address fills the last four bytes. No IPv6 network begins with four zeros there.
        network.CopyTo(key[(BytesOfNetwork - network.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(key);
    }

    private static void Configure(RateLimiterOptions limiter)
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
        limiter.AddPolicy(Streams, Streaming);
    }

    private static void Record(HttpContext context) =>
        context
            .RequestServices.GetRequiredService<LimitTally>()
            .Record(
                context.GetEndpoint()?.Metadata.GetMetadata<NetworkLimit>()?.Setting
                    ?? nameof(LimitOptions.StreamsPerNetwork)
            );

    private static RateLimitPartition<ulong> Streaming(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        return limits.Enabled
            ? RateLimitPartition.GetConcurrencyLimiter(KeyOf(context), _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = limits.StreamsPerNetwork,
            })
            : RateLimitPartition.GetNoLimiter(0UL);
    }
}
