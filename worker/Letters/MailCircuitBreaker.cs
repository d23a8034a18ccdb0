namespace Campaigns.Worker.Letters;

/// <summary>
/// A mail server that cannot be spoken to is left alone for a while, longer each time, at most a
/// minute. Letters wait meanwhile and lose no try: they did nothing wrong. One for the process, in
/// memory: a new process may well try at once. Also knows when one has fallen silent in the middle
/// of a conversation, which by the time-outs of RFC 5321 may last ten minutes.
/// </summary>
public sealed class MailCircuitBreaker(TimeProvider time) : IHealthProblem
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Conversation> _conversations = [];
    private int _inARow;
    private DateTimeOffset _until;
    private string? _word;

    public string Name => "mail";

    /// <summary>So long without a word from the server is named as missing.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromMinutes(1);

    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return time.UtcNow() < _until;
        }
    }

    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                if (_inARow > 0)
                    return $"no letter can leave ({_word})";
                return _conversations.Any(conversation => time.GetElapsedTime(conversation.LastReplyAt) > MaxSilence)
                    ? "the mail server has fallen silent"
                    : null;
            }
        }
    }

    /// <summary>
    /// Begins a pause; false when one has begun already, because several conversations usually
    /// break at once.
    /// </summary>
    /// <param name="word">A status or a word of ours; never the server's text.</param>
    public bool Open(string word)
    {
        lock (_gate)
        {
            var now = time.UtcNow();
            if (now < _until)
                return false;
            _word = word;
            var seconds = Math.Min(Math.Pow(2, _inARow++), _longest.TotalSeconds);
            _until = now + (TimeSpan.FromSeconds(seconds) * Backoff.Jitter());
            return true;
        }
    }

    /// <summary>
    /// The server answers, or no letter waits for it: the next trouble starts small.
    /// </summary>
    public void Close()
    {
        lock (_gate)
            _inARow = 0;
    }

    /// <summary>Begins to watch for silence until disposed.</summary>
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
    /// <summary>
    /// When a letter that was not accepted this time is tried again: after one minute, two, four
    /// and so on up to four hours, a fifth more or less.
    /// </summary>
    public static TimeSpan After(int tries) => TimeSpan.FromMinutes(Math.Min(Math.Pow(2, tries), 240)) * Jitter();

    // So that what failed together does not come back together.
#pragma warning disable CA5394 // Nobody gains by guessing this.
    public static double Jitter() => 0.8 + (Random.Shared.NextDouble() * 0.4);
#pragma warning restore CA5394
}
