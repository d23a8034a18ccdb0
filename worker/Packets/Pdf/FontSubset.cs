using System.Buffers.Binary;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// A TrueType file with only the glyphs of a document, in the order of their first use. So a glyph
/// has the same number in the file and on the pages. The parts of composite glyphs follow
/// them. It contains exactly the tables that a PDF reader needs of an embedded CIDFontType2.
/// </summary>
public static class FontSubset
{
    private const int WordArguments = 0x01,
        OneScale = 0x08,
        MoreParts = 0x20,
        TwoScales = 0x40,
        Matrix = 0x80;

    /// <param name="font">The whole font.</param>
    /// <param name="glyphs">Glyph numbers of the whole font; the first must be 0, <c>.notdef</c>.
    /// A glyph may appear twice.</param>
    public static byte[] Build(TrueTypeFont font, IReadOnlyList<ushort> glyphs)
    {
        var all = new List<ushort>(glyphs);
        var parts = new Dictionary<ushort, ushort>();
        using var outlines = new MemoryStream();
        var offsets = new List<int>();
        for (var i = 0; i < all.Count; i++)
        {
            offsets.Add((int)outlines.Length);
            var outline = font.Outline(all[i]).ToArray();
            if (outline.Length > 0 && BinaryPrimitives.ReadInt16BigEndian(outline) < 0)
                Renumber(outline, all, parts);
            outlines.Write(outline);
            while (outlines.Length % 4 != 0)
                outlines.WriteByte(0);
        }
        offsets.Add((int)outlines.Length);
        return Assemble(font, all, outlines.ToArray(), offsets);
    }

    private static void Renumber(Span<byte> composite, List<ushort> all, Dictionary<ushort, ushort> parts)
    {
        var at = 10;
        int flags;
        do
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(composite[at..]);
            var part = BinaryPrimitives.ReadUInt16BigEndian(composite[(at + 2)..]);
            if (!parts.TryGetValue(part, out var number))
            {
                number = parts[part] = (ushort)all.Count;
                all.Add(part);
            }
            BinaryPrimitives.WriteUInt16BigEndian(composite[(at + 2)..], number);
            at += 4 + ((flags & WordArguments) != 0 ? 4 : 2);
            at +=
                (flags & OneScale) != 0 ? 2
                : (flags & TwoScales) != 0 ? 4
                : (flags & Matrix) != 0 ? 8
                : 0;
        } while ((flags & MoreParts) != 0);
    }

    private static byte[] Assemble(TrueTypeFont font, List<ushort> glyphs, byte[] outlines, List<int> offsets)
    {
        var head = font.Table("head").ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), 0);
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        var hhea = font.Table("hhea").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)glyphs.Count);
        var maxp = font.Table("maxp").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)glyphs.Count);
        var hmtx = new byte[4 * glyphs.Count];
        var loca = new byte[4 * offsets.Count];
        for (var i = 0; i < glyphs.Count; i++)
        {
            var (advance, bearing) = font.Metrics(glyphs[i]);
            BinaryPrimitives.WriteUInt16BigEndian(hmtx.AsSpan(4 * i), advance);
            BinaryPrimitives.WriteInt16BigEndian(hmtx.AsSpan((4 * i) + 2), bearing);
        }
        for (var i = 0; i < offsets.Count; i++)
            BinaryPrimitives.WriteInt32BigEndian(loca.AsSpan(4 * i), offsets[i]);
        // The format requires the ordinal order of tags.
        (string Tag, byte[] Bytes)[] tables =
        [
            ("cvt ", font.Table("cvt ").ToArray()),
            ("fpgm", font.Table("fpgm").ToArray()),
            ("glyf", outlines),
            ("head", head),
            ("hhea", hhea),
            ("hmtx", hmtx),
            ("loca", loca),
            ("maxp", maxp),
            ("prep", font.Table("prep").ToArray()),
        ];
        return File([.. tables.Where(table => table.Bytes.Length > 0)]);
    }

    private static byte[] File((string Tag, byte[] Bytes)[] tables)
    {
        var length = 12 + (16 * tables.Length) + tables.Sum(table => (table.Bytes.Length + 3) & ~3);
        var file = new byte[length];
        var log = (int)Math.Log2(tables.Length);
        BinaryPrimitives.WriteUInt32BigEndian(file, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(4), (ushort)tables.Length);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(6), (ushort)(16 << log));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(8), (ushort)log);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(10), (ushort)((16 * tables.Length) - (16 << log)));
        var at = 12 + (16 * tables.Length);
        var headAt = 0;
        for (var i = 0; i < tables.Length; i++)
        {
            var (tag, bytes) = tables[i];
            bytes.CopyTo(file.AsSpan(at));
            var padded = (bytes.Length + 3) & ~3;
            var entry = file.AsSpan(12 + (16 * i));
            Encoding.ASCII.GetBytes(tag, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Sum(file.AsSpan(at, padded)));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], at);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], bytes.Length);
            if (tag == "head")
                headAt = at;
            at += padded;
        }
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(headAt + 8), 0xB1B0AFBA - Sum(file));
        return file;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (; bytes.Length > 0; bytes = bytes[4..])
            unchecked
            {
                sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            }
        return sum;
    }
}
