using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// An order-independent checksum of rows: their number and the sum of a hash of each. It is equal
/// on both databases only for equal rows.
/// </summary>
internal readonly record struct RowHash(long Rows, UInt128 Sum)
{
    /// <summary>Computes the checksum of a query's rows, one at a time.</summary>
    public static RowHash Compute(DbConnection connection, string sql)
    {
        var checksum = default(RowHash);
        using var row = new MemoryStream();
        foreach (var values in SqlRows.Read(connection, sql))
            checksum = checksum.Add(values, row);
        return checksum;
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

    // Type and length come first, so that different rows never have the same bytes.
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
