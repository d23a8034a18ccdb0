using System.Globalization;

namespace Campaigns;

/// <summary>
/// Makes 64-bit ids that grow with time: 42 bits of milliseconds since 2020, 10 bits of writer, 11
/// bits of counter. New rows therefore land on the right edge of every index keyed by id. Ids are
/// not secret: access is granted by tokens, never by ids.
/// </summary>
/// <param name="writer">The writer number. It keeps the ids of processes that write at the same
/// time distinct.</param>
/// <param name="time">The source of the milliseconds. Ids keep growing when this clock steps
/// back.</param>
/// <param name="after">The greatest id issued so far. All new ids are greater, even if the clock
/// went back since.</param>
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
    /// Returns a new id, greater than every earlier id of this instance, even when the clock steps
    /// back.
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
                // More than 2,048 ids in a millisecond, or the clock stepped back: borrow from the next millisecond.
                _last++;
                _counter = 0;
            }
            return (_last << (WriterBits + CounterBits)) | _writer | _counter;
        }
    }

    /// <summary>The lower bound of all ids made at that instant or later.</summary>
    public static long First(DateTimeOffset at) =>
        Math.Max(at.ToUnixTimeMilliseconds() - _epoch, 0) << (WriterBits + CounterBits);

    /// <summary>The number of the writer that made an id.</summary>
    public static int WriterOf(long id) => (int)(id >> CounterBits) & ((1 << WriterBits) - 1);

    /// <summary>
    /// When an id was made, to the millisecond. It is later than the real time if the writer had to
    /// borrow milliseconds. The id 0 gives the start of 2020.
    /// </summary>
    public static DateTimeOffset Moment(long id) =>
        Instant.FromMilliseconds(_epoch + (id >> (WriterBits + CounterBits)));

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out long id) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
