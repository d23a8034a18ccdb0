using Campaigns.Checks;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>
/// The keys with which the mail server signs are published (DKIM). The mail server signs and not
/// this program, so the operator names the selectors.
/// </summary>
internal sealed class DkimCheck(MailDomain domain, IOptions<DoctorOptions> options) : ICheck
{
    public static string Name => "dkim";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (domain.Obstacle is { } obstacle)
            return CheckResult.Skipped(obstacle);
        var selectors = options.Value.DkimSelectors.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (selectors.Length == 0)
            return CheckResult.Skipped(
                "Doctor:DkimSelectors does not say under which selectors the mail server signs."
            );
        List<CheckResult> found = [];
        foreach (var selector in selectors)
        {
            if (await domain.FindTextsAsync($"{selector}._domainkey.{domain.Name}", cancellation) is not { } texts)
                return CheckResult.Skipped("The DNS does not answer.");
            found.Add(MailRecords.CheckDkim(selector, texts));
        }
        return found.MaxBy(result => result.State)!;
    }
}
