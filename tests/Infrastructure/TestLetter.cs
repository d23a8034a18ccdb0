using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Infrastructure;

internal static class TestLetter
{
    public static readonly Mailbox Sender = Mailbox.Parse("Campaign <petitions@example.org>")!;

    /// <summary>Timeouts for servers that stop answering on purpose.</summary>
    public static readonly SmtpTimeouts Short = new()
    {
        Command = TimeSpan.FromSeconds(2.5),
        Data = TimeSpan.FromSeconds(2.5),
        FinalDot = TimeSpan.FromSeconds(2.5),
        Quit = TimeSpan.FromMilliseconds(200),
    };

    // With the timeouts of the RFC the test run would be stopped before the test could report the failure.
    private static readonly SmtpTimeouts _fast = new()
    {
        Command = TimeSpan.FromSeconds(10),
        Data = TimeSpan.FromSeconds(10),
        FinalDot = TimeSpan.FromSeconds(10),
    };

    private static long _id = 900_000_000_000_000_000;

    /// <summary>The name of a letter with that id.</summary>
    public static LetterName Name(long id) => new(id, FormattableString.Invariant($"letter{id}"));

    public static MimeLetter To(string address, string body = "Hello.") =>
        MimeLetter.Compose(
            Name(Interlocked.Increment(ref _id)),
            Sender,
            Mailbox.FromAddress(address)!,
            LetterBody.Render(new LetterText("en", "Test", [new Paragraph(body)])),
            DateTimeOffset.UnixEpoch
        );

    public static SmtpMailServer Client(int port, Action<MailOptions>? change = null, SmtpTimeouts? timeouts = null)
    {
        var options = new MailOptions
        {
            Transport = "smtp",
            Host = "localhost",
            Port = port,
            Security = "none",
            From = "Campaign <petitions@example.org>",
        };
        change?.Invoke(options);
        return new SmtpMailServer(Options.Create(options), timeouts ?? _fast, TimeProvider.System);
    }

    public static async Task<IReadOnlyList<DeliveryOutcome>> SendAsync(
        this IMailServer server,
        params MimeLetter[] letters
    )
    {
        var deliveries = new List<DeliveryOutcome>();
        await foreach (var delivery in server.SendAsync(letters, CancellationToken.None))
            deliveries.Add(delivery);
        return deliveries;
    }
}
