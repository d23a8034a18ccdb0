using Campaigns.Db.Bounces;
using Campaigns.Db.Engine;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Reports;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

internal static class MailCommand
{
    private const int NotGenuine = 1;

    // EX_TEMPFAIL of sysexits.h: the mail server keeps the message and tries again.
    private const int TryAgain = 75;

    // A letter may be recorded as sent a second after the server took it.
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);

    public static async Task<int> ReadBounceAsync(string[] settings, Stream message)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var mail = installation.Get<IConfiguration>().GetSection(MailOptions.Section).Get<MailOptions>() ?? new();
        if (mail.BounceAddress.Length == 0)
            return WriteError("Mail:BounceAddress is not set: letters ask for no reports.");
        var report = await DeliveryReport.ReadAsync(message, mail.BounceAddress, CancellationToken.None);
        var store = installation.Get<BounceStore>();
        if (report.Tags.FirstOrDefault(store.IsGenuine) is not { } tag)
        {
            await Console.Error.WriteLineAsync("The message came to no address of a letter from here.");
            return NotGenuine;
        }
        try
        {
            var result = await store.ApplyAsync(report.Of(tag), token: null);
            if (result != ReportResult.TooEarly)
                return 0;
            await Task.Delay(_retryAfter);
            return await store.ApplyAsync(report.Of(tag), token: null) == ReportResult.TooEarly ? TryAgain : 0;
        }
        catch (Exception error) when (error is OverloadedException or StorageException)
        {
            await Console.Error.WriteLineAsync("The database takes no writes now; try again.");
            return TryAgain;
        }
    }
}
