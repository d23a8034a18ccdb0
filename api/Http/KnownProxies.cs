using System.Globalization;
using System.Net;
using Campaigns.Db;
using Microsoft.AspNetCore.HttpOverrides;

namespace Campaigns.Api.Http;

/// <summary>
/// The visitor's address behind proxies. Each proxy appends the address that it saw to
/// X-Forwarded-For, so the visitor is the rightmost address that is no known proxy. Addresses to
/// its left are what the visitor sent, and are ignored.
/// </summary>
internal static class KnownProxies
{
    private const string Setting = "Proxies:Known";
    private const string Hops = "Proxies:Hops";

    /// <summary>
    /// Accepts forwarded addresses from the proxies in <c>Proxies:Known</c> (addresses or
    /// networks), through as many of them as <c>Proxies:Hops</c> says, 0 for any number. Throws
    /// <see cref="StartRefusedException"/> for an entry that is neither.
    /// </summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        if (Read(app.Configuration) is { } options)
            app.UseForwardedHeaders(options);
    }

    /// <summary>Null without known proxies; throws like <see cref="UseKnownProxies"/>.</summary>
    public static ForwardedHeadersOptions? Read(IConfiguration configuration)
    {
        // A list is written with an index. A single value would be read as no proxy at all.
        if (configuration[Setting] is { Length: > 0 })
            throw new StartRefusedException($"{Setting} is a list: name its first entry {Setting}:0.");
        if (!int.TryParse(configuration[Hops] ?? "0", CultureInfo.InvariantCulture, out var hops) || hops < 0)
            throw new StartRefusedException($"{Hops} must be the number of proxies on the way, or 0 for any number.");
        var known = configuration.GetSection(Setting).Get<string[]>() ?? [];
        if (known.Length == 0)
            return null;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = hops == 0 ? null : hops,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var (index, proxy) in known.Index())
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
            else if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else
                throw new StartRefusedException(
                    $"{Setting}:{index} must be an address such as 192.0.2.7 or a network such as 192.0.2.0/24."
                );
        }
        return options;
    }
}
