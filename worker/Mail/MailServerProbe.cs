using System.Security.Cryptography;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Tries the mail server without a letter, or with one that says that it is a test.
/// </summary>
public sealed class MailServerProbe
{
    private static readonly string[] _test =
    [
        "This is a test of the mail settings of a petition site.",
        "You can delete it. Nothing else follows.",
    ];

    private readonly IOptions<MailOptions> _options;
    private readonly SmtpTimeouts _timeouts;
    private readonly IMailServer _server;
    private readonly TimeProvider _time;

    internal MailServerProbe(
        IOptions<MailOptions> options,
        SmtpTimeouts timeouts,
        IMailServer server,
        TimeProvider time
    ) => (_options, _timeouts, _server, _time) = (options, timeouts, server, time);

    public bool IsSmtp => _options.Value.Transport == MailTransport.Smtp;

    public string Security => _options.Value.Security;

    public bool SignsIn => _options.Value.User.Length > 0;

    /// <summary>
    /// Null when a session can be opened as for letters; otherwise a fixed word such as
    /// <c>no-starttls</c>.
    /// </summary>
    public async Task<string?> FindFailureAsync(CancellationToken cancellation)
    {
        try
        {
            await using var session = await SmtpSession.OpenAsync(_options.Value, _timeouts, cancellation);
            return null;
        }
        catch (SmtpException failure)
        {
            return failure.Reason;
        }
    }

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
            _options.Value.Sender,
            to,
            LetterBody.Render(text),
            _time.GetUtcNow()
        );
        await foreach (var outcome in _server.SendAsync([letter], cancellation))
            return outcome;
        return null;
    }
}
