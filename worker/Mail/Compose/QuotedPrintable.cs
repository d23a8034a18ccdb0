namespace Campaigns.Worker.Mail.Compose;

/// <summary>RFC 2045, 6.7: an encoding that every mail server transmits unchanged.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76;

    /// <summary>
    /// Encodes one line of UTF-8, without its line end, in lines of at most 76 characters.
    /// </summary>
    public static void EncodeLine(LetterBuffer encoded, ReadOnlySpan<byte> line)
    {
        var column = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var octet = line[at];
            var last = at == line.Length - 1;
            // Servers may drop a space at the end of a line.
            var plain =
                octet is >= (byte)'!' and <= (byte)'~' and not (byte)'=' || (octet is (byte)' ' or (byte)'\t' && !last);
            var width = plain ? 1 : 3;
            if (column + width > (last ? MaxLine : MaxLine - 1))
            {
                encoded.Append("=\r\n"u8);
                column = 0;
            }
            if (plain)
            {
                encoded.Append(octet);
            }
            else
            {
                encoded.Append((byte)'=');
                encoded.Append(Digit(octet >> 4));
                encoded.Append(Digit(octet & 0xF));
            }
            column += width;
        }
    }

    private static byte Digit(int value) => "0123456789ABCDEF"u8[value];
}
