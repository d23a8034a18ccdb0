using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Campaigns.Worker.Letters.Smtp;

/// <summary>
/// One conversation with a submission server (RFC 5321, 6409). After <see cref="OpenAsync"/> it takes letters one after another until it
/// is disposed or <see cref="Broken"/>. Not for use by two at once.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private readonly SmtpTimeouts _timeouts;
    private readonly TcpClient _client;
    private SmtpWire _wire;
    private Dictionary<string, string> _extensions = [];

    private SmtpSession(TcpClient client, SmtpTimeouts timeouts)
    {
        (_client, _timeouts) = (client, timeouts);
        _wire = new SmtpWire(client.GetStream());
    }

    /// <summary>Nothing more can be sent here.</summary>
    public bool Broken { get; private set; }

    /// <summary>Ends every wait of the conversation before its time, as if the server had fallen silent.</summary>
    public CancellationToken GiveUp
    {
        set => _wire.GiveUp = value;
    }

    /// <summary>Connects, secures, greets and signs in. Throws <see cref="SmtpBrokenException"/> when any of it fails: nothing is ever sent in clear instead.</summary>
    public static async Task<SmtpSession> OpenAsync(MailOptions options, SmtpTimeouts timeouts, CancellationToken cancellationToken)
    {
        // Small writes and replies take turns: with Nagle's algorithm each turn costs a delayed acknowledgement, 40 ms.
        var client = new TcpClient { NoDelay = true };
        SmtpSession? session = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeouts.Connect);
            await client.ConnectAsync(options.Host, options.Port, limit.Token);
            session = new SmtpSession(client, timeouts) { GiveUp = cancellationToken };
            await session.GreetAsync(options);
            session.GiveUp = CancellationToken.None;
            return session;
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or AuthenticationException or SmtpBrokenException)
        {
            if (session is not null) await session._wire.DisposeAsync();
            client.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw exception as SmtpBrokenException ?? new SmtpBrokenException(
                exception is AuthenticationException ? "certificate-refused" : "cannot-connect", exception);
        }
    }

    /// <summary>Whether a connection that was idle still answers; also clears what was begun on it.</summary>
    public async Task<bool> IsAliveAsync()
    {
        try
        {
            if (Broken || _wire.HasUnread) return !(Broken = true);
            await _wire.WriteAsync("RSET\r\n", _timeouts.Probe);
            Broken = !(await _wire.ReadReplyAsync(_timeouts.Probe)).Positive;
        }
        catch (SmtpBrokenException)
        {
            Broken = true;
        }
        return !Broken;
    }

    /// <summary>Hands over one letter.</summary>
    public async Task<Delivery> SendAsync(MimeLetter letter)
    {
        if (letter.To.NeedsUtf8 && !_extensions.ContainsKey("SMTPUTF8")) return new Delivery(letter.Id, DeliveryResult.Permanent, "5.6.7");
        if (SizeLimit is { } limit && letter.Content.Length > limit) return new Delivery(letter.Id, DeliveryResult.Permanent, "5.3.4");

        var dotSent = false;
        try
        {
            var refusal = await AnnounceAsync(letter);
            if (refusal is not null) return refusal;
            await _wire.WriteAsync(DotStuffing.Stuff(letter.Content), _timeouts.Block);
            // The dot goes alone: should it fail, we know that what went before was not a whole letter.
            dotSent = true;
            await _wire.WriteAsync(DotStuffing.End, _timeouts.Block);
            var reply = await _wire.ReadReplyAsync(_timeouts.FinalDot);
            if (reply.Closing) Broken = true;
            return new Delivery(letter.Id, Result(reply), reply.Positive ? null : reply.Status);
        }
        catch (SmtpBrokenException exception)
        {
            Broken = true;
            return new Delivery(letter.Id, dotSent ? DeliveryResult.Unknown : DeliveryResult.Temporary, exception.Word);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Broken)
        {
            try
            {
                await _wire.WriteAsync("QUIT\r\n", _timeouts.Quit);
                await _wire.ReadReplyAsync(_timeouts.Quit);
            }
            catch (SmtpBrokenException)
            {
                // Leaving without a good-bye harms nobody.
            }
        }
        await _wire.DisposeAsync();
        _client.Dispose();
    }

    private long? SizeLimit =>
        _extensions.TryGetValue("SIZE", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : null;

    // MAIL, RCPT and DATA: null when the server waits for the letter.
    private async Task<Delivery?> AnnounceAsync(MimeLetter letter)
    {
        string[] commands = [MailCommand(letter), $"RCPT TO:<{letter.To.Address}>\r\n", "DATA\r\n"];
        var replies = new List<SmtpReply>(3);
        var pipelined = _extensions.ContainsKey("PIPELINING");
        if (pipelined) await _wire.WriteAsync(string.Concat(commands), _timeouts.Command);
        foreach (var command in commands)
        {
            if (!pipelined) await _wire.WriteAsync(command, _timeouts.Command);
            var reply = await _wire.ReadReplyAsync(replies.Count == 2 ? _timeouts.Data : _timeouts.Command);
            replies.Add(reply);
            if (reply.Closing) break;
            if (!pipelined && !(reply.Positive || reply.GoAhead)) break;
        }
        if (replies.Count == 3 && replies[0].Positive && replies[1].Positive && replies[2].GoAhead) return null;

        // A server may say "go ahead" to a letter without a recipient (RFC 2920, 3.1): end it empty.
        if (replies.Count == 3 && replies[2].GoAhead) await AskAsync(".\r\n");
        var refused = replies.FindIndex(reply => !reply.Positive);
        var refusal = replies[refused];
        if (refusal.Closing) Broken = true;
        else await AskAsync("RSET\r\n");

        // What the server has against our sender or our account says nothing about the letter: it would refuse them all.
        // Unless it names the letter: too large, or an address it cannot take.
        var ofTheLetter = refusal.Code == 552 || refusal.Status.StartsWith("5.6.", StringComparison.Ordinal) || refusal.Status is "5.3.4" or "4.3.4";
        var result = refusal.Closing || (refused == 0 && !ofTheLetter) ? DeliveryResult.NotTried : Result(refusal);
        return new Delivery(letter.Id, result, refusal.Status);
    }

    private string MailCommand(MimeLetter letter)
    {
        var size = _extensions.ContainsKey("SIZE") ? string.Create(CultureInfo.InvariantCulture, $" SIZE={letter.Content.Length}") : "";
        // Bodies are seven-bit always; header lines with such an address are not (RFC 6531).
        var utf8 = letter.To.NeedsUtf8 ? " BODY=8BITMIME SMTPUTF8" : "";
        return $"MAIL FROM:<{letter.From.Address}>{size}{utf8}\r\n";
    }

    private static DeliveryResult Result(SmtpReply reply) =>
        reply.Positive ? DeliveryResult.Sent : reply.Permanent ? DeliveryResult.Permanent : DeliveryResult.Temporary;

    private async Task<SmtpReply> AskAsync(string command)
    {
        await _wire.WriteAsync(command, _timeouts.Command);
        return await _wire.ReadReplyAsync(_timeouts.Command);
    }

    private async Task GreetAsync(MailOptions options)
    {
        if (options.Security == MailSecurity.Tls) await SecureAsync(options);
        if (!(await _wire.ReadReplyAsync(_timeouts.Command)).Positive) throw new SmtpBrokenException("not-welcome");
        await HelloAsync();
        if (options.Security == MailSecurity.StartTls)
        {
            if (!_extensions.ContainsKey("STARTTLS") || !(await AskAsync("STARTTLS\r\n")).Positive) throw new SmtpBrokenException("no-starttls");
            // Bytes that came before the handshake came from whoever sits on the line: never read them as if they were protected.
            if (_wire.HasUnread) throw new SmtpBrokenException("not-smtp");
            await SecureAsync(options);
            await HelloAsync();
        }
        if (options.User.Length > 0) await SmtpSignIn.SignInAsync(AskAsync, _extensions, options, Protected);
    }

    private bool Protected => _wire.Stream is SslStream || (_client.Client.RemoteEndPoint is IPEndPoint peer && IPAddress.IsLoopback(peer.Address));

    private async Task HelloAsync()
    {
        var name = HelloName();
        var reply = await AskAsync($"EHLO {name}\r\n");
        if (reply.Positive)
        {
            _extensions = reply.Lines.Skip(1).Select(line => line.Split(' ', 2))
                .GroupBy(words => words[0].ToUpperInvariant(), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
            return;
        }
        _extensions = [];
        if (!(await AskAsync($"HELO {name}\r\n")).Positive) throw new SmtpBrokenException("not-welcome");
    }

    // A full host name where the machine has one, else the address as RFC 5321, 4.1.3 spells it.
    private string HelloName()
    {
        var host = Dns.GetHostName();
        if (host.Contains('.', StringComparison.Ordinal) && host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-')) return host;
        var address = (_client.Client.LocalEndPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
    }

    private async Task SecureAsync(MailOptions options)
    {
        var tls = new SslStream(_wire.Stream, leaveInnerStreamOpen: false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_wire.GiveUp);
        limit.CancelAfter(_timeouts.Command);
        try
        {
            await tls.AuthenticateAsClientAsync(SmtpCertificates.Client(options), limit.Token);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
        _wire = new SmtpWire(tls) { GiveUp = _wire.GiveUp };
    }
}
