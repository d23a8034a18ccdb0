using Campaigns.Db;

namespace Campaigns.Api.Http;

/// <summary>A limit of requests by network, as the metadata of an endpoint.</summary>
internal sealed class NetworkLimit
{
    private NetworkLimit(string setting, Func<LimitOptions, int> most, TimeSpan window) =>
        (Setting, Most, Window) = (setting, most, window);

    /// <summary>Requests to sign.</summary>
    public static NetworkLimit Signing { get; } =
        new(
            nameof(LimitOptions.RefuseSigningPerNetworkPerHour),
            limits => limits.RefuseSigningPerNetworkPerHour,
            TimeSpan.FromHours(1)
        );

    /// <summary>Other requests that try a link or an address.</summary>
    public static NetworkLimit Other { get; } =
        new(
            nameof(LimitOptions.RefuseOtherPerNetworkPerMinute),
            limits => limits.RefuseOtherPerNetworkPerMinute,
            TimeSpan.FromMinutes(1)
        );

    public static IReadOnlyList<NetworkLimit> All { get; } = [Signing, Other];

    /// <summary>The name of its number in <see cref="LimitOptions"/>.</summary>
    public string Setting { get; }

    /// <summary>Its number.</summary>
    public Func<LimitOptions, int> Most { get; }

    /// <summary>The time in which a network has at most that many requests.</summary>
    public TimeSpan Window { get; }
}
