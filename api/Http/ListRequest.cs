using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Campaigns.Api.Http;

/// <summary>The page that a request asks for with <c>limit</c> and <c>after</c>.</summary>
/// <param name="Limit">The number of items.</param>
/// <param name="After">The id of the last item of the page before; null for the first page.</param>
internal sealed record ListRequest(int Limit, long? After)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 200;

    /// <summary>The length of a cursor: eight bytes in base64url.</summary>
    private const int CursorLength = 11;

    /// <summary>One more than the page, to know whether another page follows.</summary>
    public int Rows => Limit + 1;

    /// <summary>For lists with the newest item first.</summary>
    public long Before => After ?? long.MaxValue;

    public static Outcome<ListRequest> Read(HttpRequest request)
    {
        var errors = new FieldErrors();
        var limit = DefaultLimit;
        if (
            (string?)request.Query["limit"] is { } number
            && !(
                int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= 1 and <= MaxLimit
            )
        )
            errors.Add("limit", $"This must be a whole number from 1 to {MaxLimit}.");
        long? after = null;
        if ((string?)request.Query["after"] is { } cursor)
        {
            after = ReadCursor(cursor);
            if (after is null)
                errors.Add("after", "This must be the next of the page before.");
        }
        return errors.ToRefusal() is { } refusal ? refusal : new ListRequest(limit, after);
    }

    /// <summary>The page of the first <see cref="Rows"/> rows after the cursor.</summary>
    public ListView<T> Page<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, long> id, Func<TRow, T> view) =>
        new([.. rows.Take(Limit).Select(view)], rows.Count > Limit ? WriteCursor(id(rows[Limit - 1])) : null);

    // A cursor is the id of the last item, so items that are added or removed between two pages shift nothing. It is
    // encoded, so that clients do not make their own.
    private static string WriteCursor(long id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id);
        return Base64Url.EncodeToString(bytes);
    }

    private static long? ReadCursor(string cursor)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return
            cursor.Length == CursorLength
            && Base64Url.DecodeFromChars(cursor, bytes, out _, out var length) == OperationStatus.Done
            && length == sizeof(long)
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is var id and >= 0
            ? id
            : null;
    }
}
