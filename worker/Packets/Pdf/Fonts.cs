namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The fonts that ship with the product (worker/Packets/Fonts). A scalar is set in the first font
/// that has it: the text font, then the scripts in this order, with Han, kana and hangul last. A
/// font is read at its first use and stays in memory.
/// </summary>
public static class Fonts
{
    private static readonly string[] _scripts =
    [
        "Hebrew",
        "Arabic",
        "Devanagari",
        "Armenian",
        "Georgian",
        "Thai",
        "Lao",
        "Bengali",
        "Gurmukhi",
        "Gujarati",
        "Oriya",
        "Tamil",
        "Telugu",
        "Kannada",
        "Malayalam",
        "Sinhala",
        "Khmer",
        "Myanmar",
        "Ethiopic",
        "Thaana",
        "Syriac",
        "Cherokee",
        "CanadianAboriginal",
        "Tifinagh",
        "NKo",
        "Adlam",
        "OlChiki",
    ];

    private static readonly Lazy<TrueTypeFont>[] _fallbacks =
    [
        .. _scripts.Select(script => Lazily($"NotoSans{script}-Regular")),
        // Limited to hangul syllables, because its few other characters would look foreign in a name.
        Lazily("NanumSquareR", (0xAC00, 0xD7A3)),
        Lazily("DroidSansFallbackFull"),
    ];

    /// <summary>For running text and names.</summary>
    public static IReadOnlyList<Lazy<TrueTypeFont>> Regular { get; } = [Lazily("NotoSans-Regular"), .. _fallbacks];

    /// <summary>For headings; scripts beyond Latin, Greek and Cyrillic stay regular.</summary>
    public static IReadOnlyList<Lazy<TrueTypeFont>> Bold { get; } = [Lazily("NotoSans-Bold"), .. _fallbacks];

    /// <summary>The file of a font, by its name without <c>.ttf</c>.</summary>
    public static byte[] ReadFile(string name)
    {
        using var stream = Open(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Lazy<TrueTypeFont> Lazily(string name, (int First, int Last)? only = null) =>
        new(() =>
        {
            using var stream = Open(name);
            return new TrueTypeFont(name, stream, only);
        });

    private static Stream Open(string name) =>
        typeof(Fonts).Assembly.GetManifestResourceStream($"fonts/{name}.ttf")
        ?? throw new InvalidOperationException($"The font {name} is not in the assembly.");
}
