using Campaigns.Checks;

namespace Campaigns.Api.Doctor.Web;

/// <summary>The public address reaches a server of this installation.</summary>
internal sealed class PublicAddressCheck(PublicAddressProbe probe) : ICheck
{
    public static string Name => "public-address";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        await probe.AskAsync(cancellation) switch
        {
            { Failure: { } why } => CheckResult.Fail($"PublicUrl does not answer ({why})."),
            { IsOurs: true } => CheckResult.Pass("PublicUrl reaches a server of this installation."),
            { Identity: not null } => CheckResult.Fail("PublicUrl reaches a server of another installation."),
            _ => CheckResult.Fail("PublicUrl reaches another program, or a proxy that does not pass requests on."),
        };
}
