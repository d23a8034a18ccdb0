using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The part of one font that one document uses. A glyph gets the next number at its first use. A
/// glyph for two different texts gets two numbers, so that each number maps back to exactly the
/// typed text. Subset, widths and the map to Unicode are written after the last page.
/// A glyph whose text another glyph has maps to a blank without width, because PDF/A wants a text
/// for every glyph.
/// </summary>
internal sealed class EmbeddedFont(TrueTypeFont font, int number)
{
    private readonly Dictionary<(ushort Glyph, string Text), ushort> _numbers = [];
    private readonly List<ushort> _glyphs = [0];
    private readonly List<string> _texts = [""];

    private const string NoText = "\u200B";

    /// <summary>The number of the object that pages refer to.</summary>
    public int Number => number;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ushort Use(ushort glyph, string text)
    {
        if (_numbers.TryGetValue((glyph, text), out var known))
            return known;
        var next = checked((ushort)_glyphs.Count);
        _glyphs.Add(glyph);
        _texts.Add(Readable(text));
        return _numbers[(glyph, text)] = next;
    }

    // PDF/A forbids what looks like a byte order mark.
    private static string Readable(string text)
    {
        var readable = text.Replace("\uFEFF", "", StringComparison.Ordinal)
            .Replace("\uFFFE", "", StringComparison.Ordinal);
        return readable.Length == 0 ? NoText : readable;
    }

    public void Write(PdfFile file)
    {
        var subset = FontSubset.Build(font, _glyphs);
        var name = $"{Tag()}+{font.Name}";
        var program = file.AddStream(subset, string.Create(CultureInfo.InvariantCulture, $"/Length1 {subset.Length}"));
        var box = string.Join(' ', font.Box.Select(side => side.ToString(CultureInfo.InvariantCulture)));
        var descriptor = file.Add(
            new PdfBytes()
                .Add("<</Type/FontDescriptor/FontName/"u8)
                .Add(name)
                .Add("/Flags 4/FontBBox["u8)
                .Add(box)
                .Add("]/ItalicAngle 0/Ascent "u8)
                .Add(font.Ascent)
                .Add("/Descent "u8)
                .Add(font.Descent)
                .Add("/CapHeight "u8)
                .Add(font.Ascent)
                .Add("/StemV 80/FontFile2 "u8)
                .Add(program)
                .Add(" 0 R>>"u8)
        );
        var widths = new PdfBytes().Add("[0["u8);
        foreach (var glyph in _glyphs)
            widths.Add(font.Advance(glyph)).Add(" "u8);
        var descendant = file.Add(
            new PdfBytes()
                .Add("<</Type/Font/Subtype/CIDFontType2/BaseFont/"u8)
                .Add(name)
                .Add(
                    "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/DW 0/W "u8
                )
                .Add(widths.Written)
                .Add("]]/FontDescriptor "u8)
                .Add(descriptor)
                .Add(" 0 R>>"u8)
        );
        var unicode = file.AddStream(ToUnicode().Written);
        file.Set(
            number,
            new PdfBytes()
                .Add("<</Type/Font/Subtype/Type0/BaseFont/"u8)
                .Add(name)
                .Add("/Encoding/Identity-H/DescendantFonts["u8)
                .Add(descendant)
                .Add(" 0 R]/ToUnicode "u8)
                .Add(unicode)
                .Add(" 0 R>>"u8)
        );
    }

    // The format requires a tag of six letters for a subset; it is computed from the glyphs.
    private string Tag()
    {
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_glyphs)));
        return string.Concat(hash.Take(6).Select(part => (char)('A' + (part % 26))));
    }

    private PdfBytes ToUnicode()
    {
        var map = new PdfBytes().Add(
            """
            /CIDInit/ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def
            /CMapName/Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000><FFFF>
            endcodespacerange

            """u8
        );
        // The format allows a hundred entries a block.
        foreach (var block in Enumerable.Range(1, _texts.Count - 1).Chunk(100))
        {
            map.Add(block.Length).Add(" beginbfchar\n"u8);
            foreach (var at in block)
            {
                map.Add("<"u8).AddHex((ushort)at).Add("><"u8);
                foreach (var unit in _texts[at])
                    map.AddHex(unit);
                map.Add(">\n"u8);
            }
            map.Add("endbfchar\n"u8);
        }
        return map.Add("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"u8);
    }
}
