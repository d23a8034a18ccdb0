using Campaigns.Checks;
using Campaigns.Worker.Mail;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>Letters that come back are reported to an address of this installation.</summary>
internal sealed class BounceAddressCheck(IOptions<MailOptions> mail) : ICheck
{
    public static string Name => "bounce-address";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            mail.Value.Transport != MailTransport.Smtp
                ? CheckResult.Skipped("Mail:Transport is folder: no letter comes back.")
                : MailRecords.CheckBounceAddress(
                    mail.Value.BounceAddress,
                    mail.Value.SenderDomain,
                    mail.Value.Hooks.TakesReports
                )
        );
}
