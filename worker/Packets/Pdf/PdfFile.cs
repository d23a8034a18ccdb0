using System.Globalization;
using System.IO.Compression;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Writes numbered objects one after the other to a stream that is never read back, with the
/// cross-reference table at the end. Memory has eight bytes an object.
/// </summary>
internal sealed class PdfFile
{
    private readonly Stream _stream;
    private readonly List<long> _offsets = [0];
    private long _position;

    public PdfFile(Stream stream)
    {
        _stream = stream;
        // The bytes of the second line mark the file as binary for transfer programs.
        Write(new PdfBytes().Add("%PDF-1.7\n%"u8).Add([0xE2, 0xE3, 0xCF, 0xD3]).Add("\n"u8));
    }

    /// <summary>
    /// Returns a number for an object that is written later and may be referred to before.
    /// </summary>
    public int Reserve()
    {
        _offsets.Add(0);
        return _offsets.Count - 1;
    }

    public int Add(PdfBytes value) => Set(Reserve(), value);

    public int Set(int number, PdfBytes value)
    {
        _offsets[number] = _position;
        Write(new PdfBytes().Add(number).Add(" 0 obj\n"u8));
        Write(value);
        Write(new PdfBytes().Add("\nendobj\n"u8));
        return number;
    }

    /// <summary>Adds a compressed stream.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="entries">Further entries of its dictionary, ASCII.</param>
    public int AddStream(ReadOnlySpan<byte> content, string entries = "")
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(content);
        var value = new PdfBytes((int)packed.Length + 512)
            .Add("<</Filter/FlateDecode/Length "u8)
            .Add((int)packed.Length)
            .Add(entries)
            .Add(">>\nstream\n"u8);
        return Add(value.Add(packed.GetBuffer().AsSpan(0, (int)packed.Length)).Add("\nendstream"u8));
    }

    /// <summary>Adds a stream without compression, which does not help short content.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="entries">Further entries of its dictionary, ASCII.</param>
    public int AddShortStream(ReadOnlySpan<byte> content, string entries = "") =>
        Add(
            new PdfBytes()
                .Add("<</Length "u8)
                .Add(content.Length)
                .Add(entries)
                .Add(">>\nstream\n"u8)
                .Add(content)
                .Add("\nendstream"u8)
        );

    /// <summary>
    /// Writes the table and the trailer. Every reserved object must have been written.
    /// </summary>
    /// <param name="catalogue">The document's root object.</param>
    /// <param name="info">The document's information object.</param>
    /// <param name="id">32 hexadecimal digits: the document's fixed identity.</param>
    public void Finish(int catalogue, int info, string id)
    {
        var start = _position;
        var table = new PdfBytes().Add("xref\n0 "u8).Add(_offsets.Count).Add("\n0000000000 65535 f \n"u8);
        foreach (var offset in _offsets.Skip(1))
            table.Add(offset.ToString("D10", CultureInfo.InvariantCulture)).Add(" 00000 n \n"u8);
        table
            .Add("trailer\n<</Size "u8)
            .Add(_offsets.Count)
            .Add("/Root "u8)
            .Add(catalogue)
            .Add(" 0 R/Info "u8)
            .Add(info)
            .Add(" 0 R/ID[<"u8)
            .Add(id)
            .Add("><"u8)
            .Add(id)
            .Add(">]>>\nstartxref\n"u8)
            .Add(start.ToString(CultureInfo.InvariantCulture))
            .Add("\n%%EOF\n"u8);
        Write(table);
    }

    private void Write(PdfBytes bytes)
    {
        _stream.Write(bytes.Written);
        _position += bytes.Written.Length;
    }
}
