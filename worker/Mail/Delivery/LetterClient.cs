using System.Net.Security;
using Campaigns.Worker.Mail.Compose;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>The SMTP step that a letter has reached.</summary>
internal enum SendStep
{
    Sender,
    Recipient,
    Data,
    Body,

    /// <summary>
    /// The server may have the whole letter: the next write sends the final dot or BDAT's last
    /// byte.
    /// </summary>
    LastBlock,
}

/// <summary>
/// MailKit's client, adapted to send composed letters unchanged and to report their progress.
/// </summary>
internal sealed class LetterClient : SmtpClient
{
    private readonly MailOptions _options;
    private readonly StepTimer _timer;
    private readonly SmtpTimeouts _timeouts;
    private readonly ReplyMonitor _monitor;
    private readonly ComposedMessage _message;
    private readonly FormatOptions _utf8Format = FormatOptions.Default.Clone();
    private MailboxAddress _from = new("", "");

    public LetterClient(MailOptions options, StepTimer timer, SmtpTimeouts timeouts, ReplyMonitor monitor)
        : base(monitor)
    {
        (_options, _timer, _timeouts, _monitor) = (options, timer, timeouts, monitor);
        _message = new ComposedMessage(OnBody, OnLastBlock);
        // MailKit adds these headers to an eight-bit message; the composed letter already has them.
        _utf8Format.HiddenHeaders.Add(HeaderId.ContentTransferEncoding);
        _utf8Format.HiddenHeaders.Add(HeaderId.MimeVersion);
        // A bounce then quotes the head only, which identifies the letter and contains no link.
        DeliveryStatusNotificationType = DeliveryStatusNotificationType.HeadersOnly;
    }

    public SendStep Step { get; private set; }

    /// <summary>The largest letter that the server accepts.</summary>
    public long SizeLimit => Capabilities.HasFlag(SmtpCapabilities.Size) && MaxSize > 0 ? MaxSize : long.MaxValue;

    // If the server has CHUNKING (RFC 3030), BDAT saves a round trip for each letter.
    protected override bool PreferSendAsBinaryData => true;

    public async Task SendAsync(MimeLetter letter)
    {
        Step = SendStep.Sender;
        _timer.Begin(_timeouts.Command);
        _message.Load(letter);
        if (_from.Address != letter.EnvelopeSender)
            _from = new MailboxAddress("", letter.EnvelopeSender);
        MailboxAddress[] to = [new("", letter.To.Address)];
        var format = letter.To.NeedsUtf8 ? _utf8Format : FormatOptions.Default;
        await SendAsync(format, _message, _from, to, _timer.Token);
    }

    public async Task<bool> ResetAsync(TimeSpan limit)
    {
        _timer.Begin(limit);
        return (int)(await SendCommandAsync("RSET", _timer.Token)).StatusCode is >= 200 and < 300;
    }

    // Replaces MailKit's options, which check revocation online.
    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
        string host,
        RemoteCertificateValidationCallback remoteCertificateValidationCallback
    )
    {
        var options = ServerCertificates.ClientOptions(_options);
        options.RemoteCertificateValidationCallback = remoteCertificateValidationCallback;
        return options;
    }

    // MailKit's version would re-encode the message.
    protected override void Prepare(
        FormatOptions options,
        MimeMessage message,
        EncodingConstraint constraint,
        int maxLineLength
    )
    { }

    // MailKit's version would write the whole message to count its bytes.
    protected override Task<long> GetSizeAsync(
        FormatOptions options,
        MimeMessage message,
        CancellationToken cancellationToken
    ) => Task.FromResult((long)_message.Letter.Content.Length);

    protected override string GetEnvelopeId(MimeMessage message) => _message.Letter.Name.Public;

    // FAILURE reports a lost letter; DELAY distinguishes a late letter from a lost one.
    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(
        MimeMessage message,
        MailboxAddress mailbox
    ) => DeliveryStatusNotification.Failure | DeliveryStatusNotification.Delay;

    protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        Step = SendStep.Recipient;
        _timer.Begin(_timeouts.Command);
    }

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if (Step != SendStep.Recipient)
            return;
        Step = SendStep.Data;
        _timer.Begin(_timeouts.Data);
    }

    private void OnBody()
    {
        Step = SendStep.Body;
        _timer.Begin(_timeouts.Block);
    }

    private void OnLastBlock()
    {
        Step = SendStep.LastBlock;
        _monitor.AwaitsOutcome = true;
        _timer.Begin(_timeouts.FinalDot);
    }
}
