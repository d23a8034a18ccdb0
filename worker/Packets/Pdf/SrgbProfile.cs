using System.Buffers.Binary;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// A colour profile (ICC.1:2004, version 4) of sRGB, made from the values that IEC 61966-2-1
/// publishes: PDF/A wants one in each document, and greys of the pages are meant by it.
/// </summary>
internal static class SrgbProfile
{
    // Red, green and blue as seen under the light D50 of the format, and that light.
    private static readonly double[] _red = [0.43607, 0.22249, 0.01392];
    private static readonly double[] _green = [0.38515, 0.71687, 0.09708];
    private static readonly double[] _blue = [0.14307, 0.06061, 0.71410];
    private static readonly double[] _white = [0.96420, 1, 0.82491];

    // From the light D65 of sRGB to D50 (Bradford).
    private static readonly double[] _adaptation =
    [
        1.04788,
        0.02292,
        -0.05022,
        0.02959,
        0.99048,
        -0.01707,
        -0.00925,
        0.01508,
        0.75168,
    ];

    // Gamma, a, b, c and d of the curve: linear below d, a power above.
    private static readonly double[] _curve = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

    public static byte[] Bytes { get; } = Write();

    private static byte[] Write()
    {
        var curve = Curve();
        (string Tag, byte[] Value)[] tags =
        [
            ("desc", Words("sRGB")),
            ("cprt", Words("No copyright, use freely")),
            ("wtpt", Numbers("XYZ ", _white)),
            ("chad", Numbers("sf32", _adaptation)),
            ("rXYZ", Numbers("XYZ ", _red)),
            ("gXYZ", Numbers("XYZ ", _green)),
            ("bXYZ", Numbers("XYZ ", _blue)),
            ("rTRC", curve),
            ("gTRC", curve),
            ("bTRC", curve),
        ];
        var start = 128 + 4 + (12 * tags.Length);
        var profile = new byte[start + tags.Sum(tag => Padded(tag.Value))];
        Put(profile, 0, profile.Length);
        Put(profile, 8, 0x04200000);
        Put(profile, 12, "mntrRGB XYZ ");
        // The date of the standard.
        foreach (var (index, part) in ((short[])[1999, 10, 18, 0, 0, 0]).Index())
            BinaryPrimitives.WriteInt16BigEndian(profile.AsSpan(24 + (2 * index)), part);
        Put(profile, 36, "acsp");
        foreach (var (index, part) in _white.Index())
            Put(profile, 68 + (4 * index), Fixed(part));
        Put(profile, 128, tags.Length);
        var at = start;
        foreach (var (index, (tag, value)) in tags.Index())
        {
            Put(profile, 132 + (12 * index), tag);
            Put(profile, 136 + (12 * index), at);
            Put(profile, 140 + (12 * index), value.Length);
            value.CopyTo(profile, at);
            at += Padded(value);
        }
        return profile;
    }

    private static byte[] Words(string text)
    {
        var value = new byte[28 + (2 * text.Length)];
        Put(value, 0, "mluc");
        Put(value, 8, 1);
        Put(value, 12, 12);
        Put(value, 16, "enUS");
        Put(value, 20, 2 * text.Length);
        Put(value, 24, 28);
        Encoding.BigEndianUnicode.GetBytes(text, value.AsSpan(28));
        return value;
    }

    private static byte[] Numbers(string type, double[] numbers)
    {
        var value = new byte[8 + (4 * numbers.Length)];
        Put(value, 0, type);
        foreach (var (index, number) in numbers.Index())
            Put(value, 8 + (4 * index), Fixed(number));
        return value;
    }

    private static byte[] Curve()
    {
        var value = new byte[12 + (4 * _curve.Length)];
        Put(value, 0, "para");
        BinaryPrimitives.WriteInt16BigEndian(value.AsSpan(8), 3);
        foreach (var (index, number) in _curve.Index())
            Put(value, 12 + (4 * index), Fixed(number));
        return value;
    }

    private static int Padded(byte[] value) => (value.Length + 3) & ~3;

    private static int Fixed(double number) => (int)Math.Round(number * 65536, MidpointRounding.AwayFromZero);

    private static void Put(byte[] bytes, int at, int number) =>
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), number);

    private static void Put(byte[] bytes, int at, string ascii) => Encoding.ASCII.GetBytes(ascii, bytes.AsSpan(at));
}
