using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Reads from a TrueType file what setting text needs: the glyph of a scalar, its width, the height
/// of its ink, and its outline. Widths and heights are thousandths of the type size. The bytes are
/// pinned for the life of the process, because the shaping library reads them in place.
/// </summary>
public sealed class TrueTypeFont
{
    /// <summary>
    /// A glyph without ink and width that is added to every font. It has the text of a letter that
    /// is drawn as part of another glyph.
    /// </summary>
    public const ushort Blank = 0xFFFF;

    private readonly Dictionary<string, (int Offset, int Length)> _tables = [];
    private readonly int _unitsPerEm;
    private readonly int _wideMetrics;
    private readonly int _metrics;
    private readonly int _locations;
    private readonly int _outlines;
    private readonly bool _longOffsets;
    private readonly int _segments = -1;
    private readonly int _groups = -1;
    private readonly (int First, int Last) _only;

    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="stream">The file.</param>
    /// <param name="only">The scalars that this font is used for; the file may have more.</param>
    public TrueTypeFont(string name, Stream stream, (int First, int Last)? only = null)
    {
        Name = name;
        _only = only ?? (0, 0x10FFFF);
        Data = GC.AllocateUninitializedArray<byte>((int)stream.Length, pinned: true);
        stream.ReadExactly(Data);
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + (16 * i);
            _tables[Encoding.ASCII.GetString(Data, entry, 4)] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }
        var head = Offset("head");
        _unitsPerEm = U16(head + 18);
        _longOffsets = U16(head + 50) == 1;
        Box =
        [
            Thousandths(I16(head + 36)),
            Thousandths(I16(head + 38)),
            Thousandths(I16(head + 40)),
            Thousandths(I16(head + 42)),
        ];
        GlyphCount = U16(Offset("maxp") + 4);
        var hhea = Offset("hhea");
        Ascent = Thousandths(I16(hhea + 4));
        Descent = Thousandths(I16(hhea + 6));
        _wideMetrics = U16(hhea + 34);
        (_metrics, _locations, _outlines) = (Offset("hmtx"), Offset("loca"), Offset("glyf"));
        var cmap = Offset("cmap");
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var table = cmap + (int)U32(cmap + 8 + (8 * i));
            if (U16(table) == 4)
                _segments = table;
            if (U16(table) == 12)
                _groups = table;
        }
    }

    /// <summary>The file's name without extension; unique among the shipped fonts.</summary>
    public string Name { get; }
    public byte[] Data { get; }
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(Data, 0);
    public int GlyphCount { get; }
    public int Ascent { get; }
    public int Descent { get; }

    /// <summary>The bounding box of all glyphs: left, bottom, right, top.</summary>
    public IReadOnlyList<int> Box { get; }

    /// <summary>The glyph of a Unicode scalar, 0 when the font has none.</summary>
    public ushort Glyph(int scalar)
    {
        if (scalar < _only.First || scalar > _only.Last)
            return 0;
        if (_groups >= 0)
            return InGroups(scalar);
        return _segments >= 0 && scalar <= 0xFFFF ? InSegments(scalar) : (ushort)0;
    }

    public int Advance(int glyph) =>
        glyph == Blank ? 0 : Thousandths(U16(_metrics + (4 * Math.Min(glyph, _wideMetrics - 1))));

    /// <summary>
    /// Advance and left bearing in the font's own units, as the file states them.
    /// </summary>
    public (ushort Advance, short Bearing) Metrics(int glyph)
    {
        if (glyph == Blank)
            return (0, 0);
        var bearing =
            glyph < _wideMetrics
                ? _metrics + (4 * glyph) + 2
                : _metrics + (4 * _wideMetrics) + (2 * (glyph - _wideMetrics));
        return ((ushort)U16(_metrics + (4 * Math.Min(glyph, _wideMetrics - 1))), (short)I16(bearing));
    }

    /// <summary>
    /// Lowest and highest point of a glyph's ink above the baseline; (0, 0) for a blank.
    /// </summary>
    public (int Low, int High) Ink(int glyph)
    {
        var (offset, length) = OutlineRange(glyph);
        return length == 0 ? (0, 0) : (Thousandths(I16(offset + 4)), Thousandths(I16(offset + 8)));
    }

    /// <summary>The <c>glyf</c> entry; empty for a blank.</summary>
    public ReadOnlySpan<byte> Outline(int glyph)
    {
        var (offset, length) = OutlineRange(glyph);
        return Data.AsSpan(offset, length);
    }

    /// <summary>A whole table, empty when the file has none of that tag.</summary>
    public ReadOnlySpan<byte> Table(string tag) =>
        _tables.TryGetValue(tag, out var table) ? Data.AsSpan(table.Offset, table.Length) : default;

    private (int Offset, int Length) OutlineRange(int glyph)
    {
        if (glyph == Blank)
            return (0, 0);
        var from = _longOffsets ? (int)U32(_locations + (4 * glyph)) : 2 * U16(_locations + (2 * glyph));
        var to = _longOffsets ? (int)U32(_locations + (4 * glyph) + 4) : 2 * U16(_locations + (2 * glyph) + 2);
        return (_outlines + from, to - from);
    }

    private ushort InSegments(int scalar)
    {
        var count = U16(_segments + 6) / 2;
        var ends = _segments + 14;
        var starts = ends + (2 * count) + 2;
        int low = 0,
            high = count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (U16(ends + (2 * middle)) < scalar)
                low = middle + 1;
            else
                high = middle;
        }
        var start = U16(starts + (2 * low));
        if (scalar < start || scalar > U16(ends + (2 * low)))
            return 0;
        var delta = U16(starts + (2 * count) + (2 * low));
        var rangeAt = starts + (4 * count) + (2 * low);
        var range = U16(rangeAt);
        if (range == 0)
            return (ushort)(scalar + delta);
        var glyph = U16(rangeAt + range + (2 * (scalar - start)));
        return glyph == 0 ? (ushort)0 : (ushort)(glyph + delta);
    }

    private ushort InGroups(int scalar)
    {
        long low = 0,
            high = U32(_groups + 12) - 1L;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var group = _groups + 16 + (int)(12 * middle);
            if (scalar < U32(group))
                high = middle - 1;
            else if (scalar > U32(group + 4))
                low = middle + 1;
            else
                return (ushort)(U32(group + 8) + scalar - U32(group));
        }
        return 0;
    }

    private int Offset(string tag) => _tables[tag].Offset;

    private int Thousandths(int units) => (int)Math.Round(units * 1000.0 / _unitsPerEm, MidpointRounding.AwayFromZero);

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(Data.AsSpan(at));

    private int I16(int at) => BinaryPrimitives.ReadInt16BigEndian(Data.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(Data.AsSpan(at));
}
