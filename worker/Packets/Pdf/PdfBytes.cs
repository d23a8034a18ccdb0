using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// A growing buffer of PDF syntax. Numbers have at most two decimals and no culture.
/// </summary>
/// <param name="capacity">The initial size in bytes.</param>
internal sealed class PdfBytes(int capacity = 512)
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public PdfBytes Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>ASCII only.</summary>
    public PdfBytes Add(string ascii)
    {
        _length += Encoding.ASCII.GetBytes(ascii, Reserve(ascii.Length));
        return this;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PdfBytes Add(int number)
    {
        number.TryFormat(Reserve(11), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>A length in points, rounded to hundredths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PdfBytes Add(double points)
    {
        var hundredths = (long)Math.Round(points * 100, MidpointRounding.AwayFromZero);
        if (hundredths < 0)
            Add("-"u8);
        var whole = Math.Abs(hundredths);
        Add((int)(whole / 100));
        var rest = (int)(whole % 100);
        if (rest == 0)
            return this;
        Add("."u8).Add(rest / 10);
        return rest % 10 == 0 ? this : Add(rest % 10);
    }

    /// <summary>A glyph's number as four hexadecimal digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PdfBytes AddHex(ushort number)
    {
        number.TryFormat(Reserve(4), out var written, "X4", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>A text string in UTF-16 with a byte order mark, in angle brackets.</summary>
    public PdfBytes AddText(string text)
    {
        Add("<FEFF"u8);
        foreach (var unit in text)
            AddHex(unit);
        return Add(">"u8);
    }

    private Span<byte> Reserve(int length)
    {
        if (_length + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + length));
        return _bytes.AsSpan(_length);
    }
}
