using System.Text;
using SkiaSharp;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Pictures as cameras make them.</summary>
internal static class TestPicture
{
    public const int Width = 40;
    public const int Height = 20;

    /// <summary>A word in the metadata.</summary>
    public const string Secret = "Canary camera";

    /// <summary>A picture whose left half is red and whose right half is blue.</summary>
    public static byte[] Png() => Encode(SKEncodedImageFormat.Png);

    /// <summary>
    /// The same, stored lying: its EXIF says that the first row belongs to the right.
    /// </summary>
    public static byte[] LyingJpeg()
    {
        var plain = Encode(SKEncodedImageFormat.Jpeg);
        var text = Encoding.ASCII.GetBytes(Secret + "\0");
        // TIFF, big-endian: an image description and the orientation 6.
        byte[] exif =
        [
            .. "Exif\0\0MM\0*\0\0\0\b"u8,
            0,
            2,
            0x01,
            0x0E,
            0,
            2,
            0,
            0,
            0,
            (byte)text.Length,
            0,
            0,
            0,
            38,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
            .. text,
        ];
        var length = exif.Length + 2;
        return [.. plain[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. exif, .. plain[2..]];
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(Width, Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Blue);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.DrawRect(0, 0, Width / 2, Height, red);
        using var encoded = bitmap.Encode(format, 100);
        return encoded!.ToArray();
    }
}
