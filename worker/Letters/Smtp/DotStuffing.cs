namespace Campaigns.Worker.Letters.Smtp;

/// <summary>RFC 5321, 4.5.2: a line that begins with a dot gets another, so that no line of a letter can end it.</summary>
internal static class DotStuffing
{
    public static readonly ReadOnlyMemory<byte> End = ".\r\n"u8.ToArray();

    /// <summary>The letter as it goes over the wire, without the final dot; always ends with CRLF. The letter's own lines end with CRLF.</summary>
    public static ReadOnlyMemory<byte> Stuff(ReadOnlyMemory<byte> letter)
    {
        var source = letter.Span;
        var extra = source.StartsWith("."u8) ? 1 : 0;
        extra += source.Count("\n."u8);
        var complete = source.EndsWith("\r\n"u8);
        if (extra == 0 && complete) return letter;

        var stuffed = new byte[source.Length + extra + (complete ? 0 : 2)];
        var at = 0;
        var lineStart = true;
        foreach (var octet in source)
        {
            if (lineStart && octet == '.') stuffed[at++] = (byte)'.';
            stuffed[at++] = octet;
            lineStart = octet == '\n';
        }
        if (!complete) "\r\n"u8.CopyTo(stuffed.AsSpan(at));
        return stuffed;
    }
}
