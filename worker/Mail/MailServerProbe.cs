using System.Security.Cryptography;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Tries the mail server without a letter, or with one that says that it is a test.
/// </summary>
public sealed class MailServerProbe(IOptions<MailOptions> options, IMailServer server, TimeProvider time)
{
    private static readonly string[] _test =
    [
        "This is a test of the mail settings of a petition site.",
        "You can delete it. Nothing else follows.",
    ];

    public bool IsSmtp => options.Value.Transport == MailTransport.Smtp;

    public string Security => options.Value.Security;

    public bool SignsIn => options.Value.User.Length > 0;

    /// <inheritdoc cref="IMailServer.FindFailureAsync"/>
    public Task<string?> FindFailureAsync(CancellationToken cancellation) => server.FindFailureAsync(cancellation);

    /// <summary>Null when mail cannot be sent to the address.</summary>
    public async Task<DeliveryOutcome?> SendTestAsync(string address, CancellationToken cancellation)
    {
        if (Mailbox.FromAddress(address) is not { } to)
            return null;
        var text = new LetterText(
            Locales.Default,
            "Test of the mail settings",
            [.. _test.Select(line => new Paragraph(line))]
        );
        var letter = MimeLetter.Compose(
            new LetterName(0, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            options.Value.Sender,
            to,
            LetterBody.Render(text),
            time.GetUtcNow()
        );
        await foreach (var outcome in server.SendAsync([letter], cancellation))
            return outcome;
        return null;
    }
}
