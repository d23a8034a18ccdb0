using Campaigns.Checks;
using Campaigns.Worker;

namespace Campaigns.Api.Doctor.Web;

/// <summary>The public address is encrypted, with a certificate that visitors trust.</summary>
internal sealed class HttpsCheck(PublicAddress address, PublicAddressProbe probe, TimeProvider time) : ICheck
{
    public static string Name => "https";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var url = new Uri(address.Url);
        if (url.Scheme != Uri.UriSchemeHttps)
            return url.IsLoopback
                ? CheckResult.Skipped("PublicUrl is an address of this machine only.")
                : CheckResult.Fail("PublicUrl begins with http.");
        var answer = await probe.AskAsync(cancellation);
        if (answer.IsCertificateRefused)
            return CheckResult.Fail("The certificate of PublicUrl is not trusted, or is of another host.");
        if (answer.Failure is not null || answer.CertificateEnds is not { } ends)
            return CheckResult.Skipped("PublicUrl does not answer.");
        var left = ends - time.GetUtcNow();
        return new CheckResult(
            CheckLimits.Certificate(left),
            $"The certificate of PublicUrl ends in {Plural.Count((long)left.TotalDays, "day")}."
        );
    }
}
