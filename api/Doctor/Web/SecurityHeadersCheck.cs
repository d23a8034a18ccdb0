using Campaigns.Checks;
using Campaigns.Worker;

namespace Campaigns.Api.Doctor.Web;

/// <summary>The headers that protect visitors arrive through the proxy.</summary>
internal sealed class SecurityHeadersCheck(PublicAddress address, PublicAddressProbe probe) : ICheck
{
    public static string Name => "security-headers";

    private static readonly string[] _sent = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if ((await probe.AskAsync(cancellation)).PageHeaders is not { } headers)
            return CheckResult.Skipped("PublicUrl does not answer.");
        var lost = _sent.Where(name => !headers.ContainsKey(name)).ToList();
        if (lost.Count > 0)
            return CheckResult.Fail($"The first page arrives without {string.Join(", ", lost)}.");
        if (
            address.Url.StartsWith("https:", StringComparison.Ordinal)
            && !headers.ContainsKey("Strict-Transport-Security")
        )
            return CheckResult.Warn("The first page arrives without Strict-Transport-Security.");
        return CheckResult.Pass("The headers that protect visitors arrive.");
    }
}
