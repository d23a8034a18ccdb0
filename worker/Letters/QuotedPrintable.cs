using System.Text;

namespace Campaigns.Worker.Letters;

/// <summary>RFC 2045, 6.7: text that any mail server since 1982 passes on unchanged.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76;

    /// <summary>Encodes text whose lines end with LF or CRLF; the result's lines end with CRLF and are at most 76 characters long.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + (text.Length / 8));
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            EncodeLine(encoded, Encoding.UTF8.GetBytes(lines[index]));
            if (index < lines.Length - 1) encoded.Append("\r\n");
        }
        return encoded.ToString();
    }

    private static void EncodeLine(StringBuilder encoded, byte[] line)
    {
        var column = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var octet = line[at];
            var last = at == line.Length - 1;
            // A space at the end of a line would be lost on the way.
            var plain = octet is >= (byte)'!' and <= (byte)'~' and not (byte)'=' || (octet is (byte)' ' or (byte)'\t' && !last);
            var width = plain ? 1 : 3;
            if (column + width > (last ? MaxLine : MaxLine - 1))
            {
                encoded.Append("=\r\n");
                column = 0;
            }
            if (plain) encoded.Append((char)octet);
            else encoded.Append('=').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            column += width;
        }
    }
}
