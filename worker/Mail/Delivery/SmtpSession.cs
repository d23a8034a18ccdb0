using System.Net;
using System.Net.Sockets;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// One session with a submission server (RFC 5321, 6409). After <see cref="OpenAsync"/> it sends
/// letters until it is disposed or <see cref="IsBroken"/>. It is not thread-safe. It lets no
/// exception of MailKit out, because they quote the server and servers quote addresses.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private readonly MailOptions _options;
    private readonly SmtpTimeouts _timeouts;
    private readonly StepTimer _timer = new();
    private readonly ReplyMonitor _monitor;
    private readonly LetterClient _client;
    private bool _hasSmtpUtf8;

    private SmtpSession(MailOptions options, SmtpTimeouts timeouts, bool international)
    {
        (_options, _timeouts, IsInternational) = (options, timeouts, international);
        _monitor = new ReplyMonitor(_timer, timeouts);
        _client = new LetterClient(options, _timer, timeouts, _monitor);
    }

    /// <summary>True when the session can send nothing more.</summary>
    public bool IsBroken { get; private set; }

    public bool IsInternational { get; }

    /// <summary>
    /// Connects, starts TLS and signs in. Throws <see cref="SmtpException"/> when any step fails;
    /// it never falls back to an unencrypted connection.
    /// </summary>
    /// <param name="international">
    /// For letters whose local part is not ASCII (<see cref="Suits"/>).
    /// </param>
    public static async Task<SmtpSession> OpenAsync(
        MailOptions options,
        SmtpTimeouts timeouts,
        CancellationToken cancellationToken,
        bool international = false
    )
    {
        var session = new SmtpSession(options, timeouts, international) { IsBroken = true };
        session.StopOn(cancellationToken);
        try
        {
            await session.ConnectAsync();
            session.IsBroken = false;
            session.StopOn(CancellationToken.None);
            return session;
        }
        catch (SmtpException)
        {
            await session.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>
    /// Cancelling this token ends every wait of the session like a time-out.
    /// </summary>
    public void StopOn(CancellationToken token) => _timer.StopOn(token);

    /// <summary>Leaves the session idle, for <see cref="IsAliveAsync"/> later.</summary>
    public void Pause()
    {
        StopOn(CancellationToken.None);
        _timer.Pause();
    }

    /// <summary>
    /// Whether this session can send the letter. With SMTPUTF8, MailKit sends domains decoded, and
    /// a later server may refuse what it would accept as Punycode. So only sessions for UTF-8 local
    /// parts use SMTPUTF8.
    /// </summary>
    public bool Suits(MimeLetter letter)
    {
        if (!_hasSmtpUtf8)
            return true;
        if (letter.To.NeedsUtf8)
            return IsInternational;
        return !IsInternational
            || !(IsInternationalised(letter.To.Domain) || IsInternationalised(DomainOf(letter.EnvelopeSender)));
    }

    /// <summary>Whether an idle connection still answers; also resets the server's state.</summary>
    public async Task<bool> IsAliveAsync()
    {
        if (IsBroken)
            return false;
        try
        {
            IsBroken = !await _client.ResetAsync(_timeouts.Probe);
        }
        catch (Exception error) when (SmtpException.IsSessionFailure(error))
        {
            IsBroken = true;
        }
        return !IsBroken;
    }

    public async Task<DeliveryOutcome> SendAsync(MimeLetter letter)
    {
        if (letter.To.NeedsUtf8 && !_hasSmtpUtf8)
            return new DeliveryOutcome(letter.Id, DeliveryResult.Permanent, "5.6.7");
        if (letter.Content.Length > _client.SizeLimit)
            return new DeliveryOutcome(letter.Id, DeliveryResult.Permanent, "5.3.4");
        try
        {
            await _client.SendAsync(letter);
            return new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null);
        }
        catch (SmtpCommandException refusal)
        {
            return Refused(letter.Id, SmtpReply.FromException(refusal));
        }
        catch (ServiceNotAuthenticatedException refusal)
        {
            return Refused(letter.Id, SmtpReply.Parse(530, refusal.Message));
        }
        catch (Exception error) when (SmtpException.IsSessionFailure(error))
        {
            IsBroken = true;
            var result = _client.Step == SendStep.LastBlock ? DeliveryResult.Unknown : DeliveryResult.Temporary;
            return new DeliveryOutcome(letter.Id, result, SmtpException.ReasonFor(error));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _timer.Begin(_timeouts.Quit);
            if (!IsBroken)
                await _client.DisconnectAsync(quit: true, _timer.Token);
        }
        catch (Exception error) when (SmtpException.IsSessionFailure(error))
        {
            // All letters already have their outcome.
        }
        _client.Dispose();
        _timer.Dispose();
    }

    private DeliveryOutcome Refused(long letterId, SmtpReply reply)
    {
        if (reply.IsClosing || !_client.IsConnected)
            IsBroken = true;
        var result = reply.IsPermanent ? DeliveryResult.Permanent : DeliveryResult.Temporary;
        if (_client.Step == SendStep.LastBlock)
        {
            // MailKit treats every reply but 250 as a refusal.
            if (reply.IsPositive)
                return new DeliveryOutcome(letterId, DeliveryResult.Sent, null);
        }
        // A refusal of the sender or the account does not concern the letter.
        else if (reply.IsClosing || (_client.Step == SendStep.Sender && !reply.ConcernsLetter))
        {
            result = DeliveryResult.NotTried;
        }
        return new DeliveryOutcome(letterId, result, reply.Status);
    }

    private async Task ConnectAsync()
    {
        var remote = await ConnectSocketAsync();
        try
        {
            _hasSmtpUtf8 = _client.Capabilities.HasFlag(SmtpCapabilities.UTF8);
            if (!IsInternational)
                _client.Capabilities &= ~SmtpCapabilities.UTF8;
            if (_options.User.Length == 0)
                return;
            // No mechanism may send a secret unencrypted over a network.
            if (!_client.IsSecure && !IPAddress.IsLoopback(remote))
                throw new SmtpException("sign-in-needs-tls");
            await SmtpAuthentication.SignInAsync(_client, _options, _timer.Token);
        }
        catch (Exception error) when (SmtpException.IsSessionFailure(error))
        {
            throw new SmtpException(SmtpException.ReasonFor(error));
        }
        finally
        {
            _monitor.IsConnecting = false;
        }
    }

    private async Task<IPAddress> ConnectSocketAsync()
    {
        // MailKit's socket uses Nagle's algorithm, so each small write would wait 40 ms for a delayed acknowledgement.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            _timer.Begin(_timeouts.Connect);
            await socket.ConnectAsync(_options.Host, _options.Port, _timer.Token);
        }
        catch (Exception error) when (SmtpException.IsSessionFailure(error))
        {
            socket.Dispose();
            throw new SmtpException(SmtpException.CannotConnect);
        }
        try
        {
            var remote = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            _client.LocalDomain = HelloName(((IPEndPoint)socket.LocalEndPoint!).Address);
            _timer.Begin(_timeouts.Command);
            // The name is for MailKit's logging only; certificates are checked against Mail:Host.
            await _client.ConnectAsync(socket, "server", _options.Port, SocketSecurity, _timer.Token);
            return remote;
        }
        catch (Exception error)
            when (error is SslHandshakeException or NotSupportedException || SmtpException.IsSessionFailure(error))
        {
            socket.Dispose();
            throw new SmtpException(SmtpException.ReasonForConnecting(error, _monitor.StartTlsSent));
        }
    }

    private SecureSocketOptions SocketSecurity =>
        _options.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };

    private static bool IsInternationalised(string domain) => domain.Contains("xn--", StringComparison.Ordinal);

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];

    // The full host name if the machine has one, else an address literal (RFC 5321, 4.1.3).
    private static string HelloName(IPAddress local)
    {
        var host = Dns.GetHostName();
        var isFull =
            host.Contains('.', StringComparison.Ordinal)
            && host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-');
        if (isFull)
            return host;
        if (local.IsIPv4MappedToIPv6)
            local = local.MapToIPv4();
        return local.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{local}]" : $"[{local}]";
    }
}
