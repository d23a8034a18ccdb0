using Campaigns.Db.Engine;

namespace Campaigns.Worker.Mail;

/// <summary>
/// How many letters a connection claims at once: no more than it can send in some time. A slow
/// server then leaves the other letters to other connections and processes. The rate is that of the
/// last claim of this process.
/// </summary>
public sealed class ClaimSize
{
    /// <summary>A larger claim would save no time, whatever the rate.</summary>
    internal const int Most = 128;

    // The rate before the first measurement.
    private static readonly TimeSpan _timePerLetter = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _time;
    private volatile int _letters;

    /// <summary>Half of a lease, so that a claim is sent before its lease ends.</summary>
    public ClaimSize()
        : this(Lease.Duration / 2) { }

    /// <param name="time">The time in which a claim should be sent.</param>
    public ClaimSize(TimeSpan time)
    {
        _time = time;
        _letters = Math.Max(1, (int)(time / _timePerLetter));
    }

    public int Letters => _letters;

    /// <summary>Records how long one connection took.</summary>
    /// <param name="letters">The letters that got a reply; without any the rate stays.</param>
    /// <param name="elapsed">The time from their claim to their recorded outcomes.</param>
    internal void Measure(int letters, TimeSpan elapsed)
    {
        if (letters > 0)
            _letters = (int)Math.Clamp(letters * (_time / elapsed), 1, Most);
    }
}
