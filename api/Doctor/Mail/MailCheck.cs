using Campaigns.Checks;
using Campaigns.Worker.Mail;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>The mail server takes the sign-in over an encrypted connection.</summary>
internal sealed class MailCheck(MailServerProbe server) : ICheck
{
    public static string Name => "mail";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (!server.IsSmtp)
            return CheckResult.Skipped("Mail:Transport is folder: there is no mail server.");
        return await server.FindFailureAsync(cancellation) is { } failure
            ? CheckResult.Fail($"The mail server cannot be used ({failure}).")
            : CheckResult.Pass(
                $"The mail server takes a connection (Mail:Security={server.Security})"
                    + (server.SignsIn ? " and the sign-in." : "; no sign-in is set.")
            );
    }
}
