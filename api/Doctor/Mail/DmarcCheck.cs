using Campaigns.Checks;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>
/// The domain of the sender, or one above it, says what to do with forged mail (DMARC).
/// </summary>
internal sealed class DmarcCheck(MailDomain domain) : ICheck
{
    public static string Name => "dmarc";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (domain.Obstacle is { } obstacle)
            return CheckResult.Skipped(obstacle);
        var name = domain.Name;
        while (true)
        {
            if (await domain.FindTextsAsync("_dmarc." + name, cancellation) is not { } texts)
                return CheckResult.Skipped("The DNS does not answer.");
            var above = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            if (texts.Count > 0 || !above.Contains('.', StringComparison.Ordinal))
                return MailRecords.CheckDmarc(texts);
            name = above;
        }
    }
}
