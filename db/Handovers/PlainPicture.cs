using Campaigns.Handovers;
using SkiaSharp;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Writes pictures again so that pixels alone stay: no place, time, camera, thumbnail or colour
/// profile.
/// </summary>
public static class PlainPicture
{
    private const int JpegQuality = 90;

    // All pixels of a picture are in memory, so a process writes one at a time.
    private static readonly Lock _one = new();

    /// <summary>
    /// Returns the picture upright and in sRGB. Refused with <c>evidence-type</c> for a picture
    /// that cannot be decoded, and with <c>validation</c> for too many pixels.
    /// </summary>
    /// <param name="file">A JPEG or PNG file.</param>
    /// <param name="mediaType">The type by its first bytes.</param>
    public static Outcome<byte[]> Rewrite(byte[] file, string mediaType)
    {
        lock (_one)
        {
            using var data = SKData.CreateCopy(file);
            using var codec = SKCodec.Create(data);
            if (codec is null || codec.EncodedFormat != FormatOf(mediaType))
                return Refusal.EvidenceType;
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            if ((long)width * height > EvidenceRules.MostPixels)
                return Refusal.Validation("files", "A picture has more than 50 megapixels.");
            var pixels = new uint[width * height];
            var info = InfoOf(codec, width, height).WithColorSpace(SKColorSpace.CreateSrgb());
            if (!TryDecode(codec, info, pixels))
                return Refusal.EvidenceType;
            var origin = codec.EncodedOrigin;
            if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
                return Encode(pixels, InfoOf(codec, width, height), mediaType);
            var turned = Turn(pixels, width, height, origin);
            return Encode(
                turned,
                IsSideways(origin) ? InfoOf(codec, height, width) : InfoOf(codec, width, height),
                mediaType
            );
        }
    }

    private static SKImageInfo InfoOf(SKCodec codec, int width, int height) =>
        new(
            width,
            height,
            SKColorType.Rgba8888,
            codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul
        );

    private static unsafe bool TryDecode(SKCodec codec, SKImageInfo info, uint[] pixels)
    {
        fixed (uint* address = pixels)
            return codec.GetPixels(info, (IntPtr)address) == SKCodecResult.Success;
    }

    // Without a colour space the encoder writes no profile.
    private static unsafe byte[] Encode(uint[] pixels, SKImageInfo info, string mediaType)
    {
        fixed (uint* address = pixels)
        {
            using var picture = new SKPixmap(info, (IntPtr)address);
            using var encoded = picture.Encode(FormatOf(mediaType), JpegQuality);
            return encoded?.ToArray() ?? throw new InvalidOperationException("The picture cannot be encoded.");
        }
    }

    private static bool IsSideways(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    // The eight orientations of EXIF: where the first row and the first column of the stored picture belong.
    private static uint[] Turn(uint[] pixels, int width, int height, SKEncodedOrigin origin)
    {
        var turned = new uint[pixels.Length];
        var across = IsSideways(origin) ? height : width;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (left, top) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (height - 1 - y, x),
                    SKEncodedOrigin.RightBottom => (height - 1 - y, width - 1 - x),
                    SKEncodedOrigin.LeftBottom => (y, width - 1 - x),
                    _ => (x, y),
                };
                turned[(top * across) + left] = pixels[(y * width) + x];
            }
        return turned;
    }

    private static SKEncodedImageFormat FormatOf(string mediaType) =>
        mediaType == EvidenceRules.Jpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png;
}
