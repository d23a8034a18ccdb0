using System.Globalization;

namespace Campaigns;

/// <summary>
/// Makes 64-bit ids that grow with time: 42 bits of milliseconds since 2020, 10 bits of writer, 11
/// bits of counter. New rows therefore land on the right edge of every index keyed by id. Ids carry
/// no secret: whatever opens a door is a token, never an id.
/// </summary>
/// <param name="writer">Keeps the ids of processes apart that write at the same time.</param>
/// <param name="time">Where the milliseconds come from; ids go on growing when it steps
/// back.</param>
/// <param name="after">The greatest id that was ever given out: all are greater, also when the
/// clock went back since.</param>
public sealed class Ids(int writer, TimeProvider time, long after = 0)
{
    private const int WriterBits = 10;
    private const int CounterBits = 11;
    private static readonly long _epoch = new DateTimeOffset(
        2020,
        1,
        1,
        0,
        0,
        0,
        TimeSpan.Zero
    ).ToUnixTimeMilliseconds();

    private readonly long _writer = writer is >= 0 and < 1 << WriterBits
        ? (long)writer << CounterBits
        : throw new ArgumentOutOfRangeException(nameof(writer));
    private readonly Lock _gate = new();
    private long _last = after > 0 ? (after >> (WriterBits + CounterBits)) + 1 : 0;
    private long _counter;

    /// <summary>
    /// A new id, greater than every id this instance made before, even when the clock steps back.
    /// </summary>
    public long Next()
    {
        lock (_gate)
        {
            var now = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds() - _epoch, 0);
            if (now > _last)
            {
                _last = now;
                _counter = 0;
            }
            else if (++_counter >= 1 << CounterBits)
            {
                // More than two thousand in a millisecond, or a clock that stepped back: borrow from the next
                // millisecond.
                _last++;
                _counter = 0;
            }
            return (_last << (WriterBits + CounterBits)) | _writer | _counter;
        }
    }

    /// <summary>No id made at that instant or later is smaller.</summary>
    public static long First(DateTimeOffset at) =>
        Math.Max(at.ToUnixTimeMilliseconds() - _epoch, 0) << (WriterBits + CounterBits);

    /// <summary>The writer that made an id.</summary>
    public static int WriterOf(long id) => (int)(id >> CounterBits) & ((1 << WriterBits) - 1);

    /// <summary>
    /// When an id was made, to the millisecond; later than that where its maker had to borrow. 2020
    /// for 0.
    /// </summary>
    public static DateTimeOffset Moment(long id) =>
        Instant.FromMilliseconds(_epoch + (id >> (WriterBits + CounterBits)));

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
