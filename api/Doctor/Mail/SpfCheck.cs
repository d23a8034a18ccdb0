using Campaigns.Checks;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>The domain of the sender says which servers send its mail (SPF).</summary>
internal sealed class SpfCheck(MailDomain domain) : ICheck
{
    public static string Name => "spf";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (domain.Obstacle is { } obstacle)
            return CheckResult.Skipped(obstacle);
        return await domain.FindTextsAsync(domain.Name, cancellation) is { } texts
            ? MailRecords.CheckSpf(texts)
            : CheckResult.Skipped("The DNS does not answer.");
    }
}
