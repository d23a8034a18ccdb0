using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// What rows come to, in whatever order they are read: how many there are, and the sum of a hash of
/// each. The same on both databases only for the same rows.
/// </summary>
internal readonly record struct RowHash(long Rows, UInt128 Sum)
{
    /// <summary>Of all rows of a query, one at a time.</summary>
    public static RowHash Compute(DbConnection connection, string sql)
    {
        var digest = default(RowHash);
        using var row = new MemoryStream();
        foreach (var values in SqlRows.Read(connection, sql))
            digest = digest.Add(values, row);
        return digest;
    }

    private RowHash Add(object?[] values, MemoryStream row)
    {
        row.SetLength(0);
        foreach (var value in values)
            Write(row, value);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(row.GetBuffer().AsSpan(0, (int)row.Length), hash);
        return new RowHash(Rows + 1, unchecked(Sum + BinaryPrimitives.ReadUInt128BigEndian(hash)));
    }

    // Kind and length first, so that no two rows are written alike.
    private static void Write(MemoryStream row, object? value)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        ReadOnlySpan<byte> content = value switch
        {
            string text => Encoding.UTF8.GetBytes(text),
            byte[] bytes => bytes,
            _ => default,
        };
        row.WriteByte(
            value switch
            {
                null => 0,
                string => 1,
                byte[] => 2,
                _ => 3,
            }
        );
        BinaryPrimitives.WriteInt64BigEndian(
            number,
            value switch
            {
                null or string or byte[] => content.Length,
                _ => SqlRows.Whole(value),
            }
        );
        row.Write(number);
        row.Write(content);
    }
}
