using Campaigns.Checks;
using Campaigns.Worker;

namespace Campaigns.Api.Doctor.Web;

/// <summary>The server knows its proxies, and so the addresses of visitors.</summary>
internal sealed class ProxiesCheck(PublicAddress address, PublicAddressProbe probe) : ICheck
{
    public static string Name => "proxies";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var answer = await probe.AskAsync(cancellation);
        if (!answer.IsOurs || answer.Identity is not { } identity)
            return CheckResult.Skipped("PublicUrl does not reach this installation.");
        var scheme = new Uri(address.Url).Scheme;
        return identity.Forwarded switch
        {
            IdentityView.Unknown => CheckResult.Fail(
                "A proxy passes requests on that Proxies:Known does not name, "
                    + "so that all visitors share one network's limits."
            ),
            IdentityView.Partly => CheckResult.Warn(
                "More proxies pass requests on than Proxies:Known names or Proxies:Hops allows, "
                    + "so that all visitors of one of them share one network's limits."
            ),
            _ when identity.Scheme != scheme => CheckResult.Warn(
                $"PublicUrl begins with {scheme}, and requests arrive as {identity.Scheme}: "
                    + "the proxy does not send X-Forwarded-Proto, or Proxies:Known does not name it."
            ),
            IdentityView.Known => CheckResult.Pass("A proxy of Proxies:Known passes requests on."),
            _ => CheckResult.Pass("Requests arrive without a proxy."),
        };
    }
}
