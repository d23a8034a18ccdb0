using MailKit;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// Checks every byte of a session for what MailKit does not check. MailKit reads replies of any
/// length, stays connected after 421, and silently drops bytes after the reply to STARTTLS.
/// </summary>
internal sealed class ReplyMonitor(StepTimer timer, SmtpTimeouts timeouts) : IProtocolLogger
{
    private const int MaxBytes = 8 * 1024;

    private readonly byte[] _lineStart = new byte[4];
    private int _column;
    private int _bytes;
    private int _replies;
    private bool _startTlsPending;

    /// <summary>
    /// While true, each command restarts the timer, because MailKit connects in one call.
    /// </summary>
    public bool IsConnecting { get; set; } = true;

    /// <summary>
    /// Set when the server may have the whole letter; the server's reply then ends the time-out of
    /// the final dot.
    /// </summary>
    public bool AwaitsOutcome { private get; set; }

    public bool StartTlsSent { get; private set; }

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    public void LogConnect(Uri uri) { }

    public void LogClient(byte[] buffer, int offset, int count)
    {
        (_bytes, _replies, _column) = (0, 0, 0);
        _startTlsPending = buffer.AsSpan(offset, count).SequenceEqual("STARTTLS\r\n"u8);
        StartTlsSent |= _startTlsPending;
        if (IsConnecting)
            timer.Begin(timeouts.Command);
    }

    public void LogServer(byte[] buffer, int offset, int count)
    {
        _bytes += count;
        if (_bytes > MaxBytes)
            throw new ReplyRejectedException();
        foreach (var octet in buffer.AsSpan(offset, count))
            Read(octet);
        // Bytes after the reply to STARTTLS came unencrypted and could pass for replies of the encrypted session.
        if (_startTlsPending && (_replies > 1 || (_replies == 1 && _column > 0)))
            throw new ReplyRejectedException();
        if (!AwaitsOutcome)
            return;
        AwaitsOutcome = false;
        timer.Begin(timeouts.Command);
    }

    public void Dispose() { }

    private void Read(byte octet)
    {
        if (octet != '\n')
        {
            if (_column < _lineStart.Length)
                _lineStart[_column] = octet;
            _column++;
            return;
        }
        if (_column < _lineStart.Length || _lineStart[3] != '-')
            _replies++;
        // A server that closes the connection may not reply to the RSET that MailKit sends next.
        if (_column >= 3 && _lineStart.AsSpan(0, 3).SequenceEqual("421"u8))
            timer.Begin(timeouts.Quit);
        _column = 0;
    }
}
