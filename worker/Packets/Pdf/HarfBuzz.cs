using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The native library HarfBuzz, which ships with the product: joins Arabic, reorders Indic vowels,
/// places marks. One buffer and one lock are enough, because few names need it.
/// </summary>
internal static partial class HarfBuzz
{
    private const string Library = "libHarfBuzzSharp";
    private const int LeftToRight = 4,
        RightToLeft = 5;

    private static readonly Lock _gate = new();
    private static readonly ConditionalWeakTable<TrueTypeFont, object> _fonts = [];
    private static nint _buffer;
    private static nint _language;

    /// <summary>
    /// The library's version. Part of a packet's renderer, because another version may move glyphs.
    /// </summary>
    public static string Version { get; } = Marshal.PtrToStringUTF8(hb_version_string())!;

    /// <summary>
    /// Shapes one run of one font and direction. Glyphs are in visual order; <c>Cluster</c> is an
    /// index into <paramref name="text"/>.
    /// </summary>
    public static unsafe List<ShapedGlyph> Shape(TrueTypeFont font, ReadOnlySpan<char> text, bool rightToLeft)
    {
        lock (_gate)
        {
            var handle = (nint)_fonts.GetValue(font, Open);
            if (_buffer == 0)
            {
                _buffer = hb_buffer_create();
                // A fixed language, because pages must not depend on the environment of the process.
                _language = hb_language_from_string("en", -1);
            }
            hb_buffer_clear_contents(_buffer);
            fixed (char* start = text)
                hb_buffer_add_utf16(_buffer, (nint)start, text.Length, 0, text.Length);
            hb_buffer_set_direction(_buffer, rightToLeft ? RightToLeft : LeftToRight);
            hb_buffer_set_language(_buffer, _language);
            hb_buffer_guess_segment_properties(_buffer);
            hb_shape(handle, _buffer, 0, 0);
            var infos = new ReadOnlySpan<Info>((void*)hb_buffer_get_glyph_infos(_buffer, out var count), (int)count);
            var positions = new ReadOnlySpan<Position>(
                (void*)hb_buffer_get_glyph_positions(_buffer, out count),
                (int)count
            );
            var glyphs = new List<ShapedGlyph>(infos.Length);
            for (var i = 0; i < infos.Length; i++)
                glyphs.Add(
                    new(
                        (ushort)infos[i].Glyph,
                        (int)infos[i].Cluster,
                        positions[i].Advance,
                        positions[i].X,
                        positions[i].Y
                    )
                );
            return glyphs;
        }
    }

    private static object Open(TrueTypeFont font)
    {
        var blob = hb_blob_create(font.Address, (uint)font.Data.Length, 1, 0, 0);
        var face = hb_face_create(blob, 0);
        var handle = hb_font_create(face);
        hb_font_set_scale(handle, 1000, 1000);
        return handle;
    }

    internal readonly record struct ShapedGlyph(ushort Glyph, int Cluster, int Advance, int X, int Y);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Info
    {
        public readonly uint Glyph;
        private readonly uint _mask;
        public readonly uint Cluster;
        private readonly uint _first;
        private readonly uint _second;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Position
    {
        public readonly int Advance;
        private readonly int _down;
        public readonly int X;
        public readonly int Y;
        private readonly uint _private;
    }

    [LibraryImport(Library)]
    private static partial nint hb_version_string();

    [LibraryImport(Library)]
    private static partial nint hb_blob_create(nint data, uint length, int mode, nint user, nint destroy);

    [LibraryImport(Library)]
    private static partial nint hb_face_create(nint blob, uint index);

    [LibraryImport(Library)]
    private static partial nint hb_font_create(nint face);

    [LibraryImport(Library)]
    private static partial void hb_font_set_scale(nint font, int x, int y);

    [LibraryImport(Library)]
    private static partial nint hb_buffer_create();

    [LibraryImport(Library)]
    private static partial void hb_buffer_clear_contents(nint buffer);

    [LibraryImport(Library)]
    private static partial void hb_buffer_add_utf16(nint buffer, nint text, int length, uint offset, int count);

    [LibraryImport(Library)]
    private static partial void hb_buffer_set_direction(nint buffer, int direction);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint hb_language_from_string(string name, int length);

    [LibraryImport(Library)]
    private static partial void hb_buffer_set_language(nint buffer, nint language);

    [LibraryImport(Library)]
    private static partial void hb_buffer_guess_segment_properties(nint buffer);

    [LibraryImport(Library)]
    private static partial void hb_shape(nint font, nint buffer, nint features, uint featureCount);

    [LibraryImport(Library)]
    private static partial nint hb_buffer_get_glyph_infos(nint buffer, out uint count);

    [LibraryImport(Library)]
    private static partial nint hb_buffer_get_glyph_positions(nint buffer, out uint count);
}
