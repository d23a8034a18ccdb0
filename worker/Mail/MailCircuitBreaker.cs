using System.Security.Cryptography;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Pauses sending when the mail server is unreachable, longer each time, at most a minute. Letters
/// wait and lose no try, because the fault is not theirs. Each process has one breaker in memory; a
/// new process may try at once. It also detects a server that stops replying within a session,
/// where the time-outs of RFC 5321 allow ten minutes of silence.
/// </summary>
public sealed class MailCircuitBreaker(TimeProvider time) : IHealthProblem
{
    private static readonly TimeSpan _maxPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Conversation> _conversations = [];
    private int _failures;
    private DateTimeOffset _openUntil;
    private string? _reason;

    public string Name => "mail";

    /// <summary>A longer silence of the server is reported as a problem.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromMinutes(1);

    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return time.UtcNow() < _openUntil;
        }
    }

    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                if (_failures > 0)
                    return $"no letter can be sent ({_reason})";
                return _conversations.Any(conversation => time.GetElapsedTime(conversation.LastReplyAt) > MaxSilence)
                    ? "the mail server does not reply"
                    : null;
            }
        }
    }

    /// <summary>
    /// Begins a pause; false when one has begun already, because several sessions usually fail at
    /// once.
    /// </summary>
    /// <param name="reason">A status or a fixed word; never the server's text.</param>
    public bool Open(string reason)
    {
        lock (_gate)
        {
            var now = time.UtcNow();
            if (now < _openUntil)
                return false;
            _reason = reason;
            var seconds = Math.Min(Math.Pow(2, _failures++), _maxPause.TotalSeconds);
            _openUntil = now + (TimeSpan.FromSeconds(seconds) * Backoff.Jitter());
            return true;
        }
    }

    /// <summary>
    /// The server replies, or no letter waits for it: the next pause is the shortest again.
    /// </summary>
    public void Close()
    {
        lock (_gate)
            _failures = 0;
    }

    /// <summary>Monitors a session for silence until disposed.</summary>
    internal Conversation Watch()
    {
        var conversation = new Conversation(this);
        lock (_gate)
            _conversations.Add(conversation);
        return conversation;
    }

    internal sealed class Conversation(MailCircuitBreaker breaker) : IDisposable
    {
        private long _lastReplyAt = breaker.Now();

        public long LastReplyAt => Volatile.Read(ref _lastReplyAt);

        public void ReportReply() => Volatile.Write(ref _lastReplyAt, breaker.Now());

        public void Dispose()
        {
            lock (breaker._gate)
                breaker._conversations.Remove(this);
        }
    }

    private long Now() => time.GetTimestamp();
}

internal static class Backoff
{
    // Spreads the retries of what failed together.
    public static double Jitter() => (800 + RandomNumberGenerator.GetInt32(401)) / 1000d;
}
