namespace Campaigns.Handovers;

/// <summary>Which files may be evidence, and how many.</summary>
public static class EvidenceRules
{
    public const string Jpeg = "image/jpeg";
    public const string Png = "image/png";
    public const string Pdf = "application/pdf";

    /// <summary>The most files of one attempt or answer.</summary>
    public const int MostFiles = 20;

    /// <summary>The most bytes of one file as it was sent.</summary>
    public const int MostBytes = 25 * 1024 * 1024;

    /// <summary>The most pixels of a picture, because all are in memory at once.</summary>
    public const int MostPixels = 50_000_000;

    /// <summary>The most bytes of all stored files of a campaign.</summary>
    public const long MostBytesOfCampaign = 2L * 1024 * 1024 * 1024;

    /// <summary>
    /// The media type by the first bytes, whatever the name of the file says; null for others.
    /// </summary>
    public static string? FindType(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Jpeg
        : content.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]) ? Png
        : content.StartsWith("%PDF-"u8) ? Pdf
        : null;

    /// <summary>The ending of a file's name.</summary>
    public static string ExtensionOf(string mediaType) =>
        mediaType switch
        {
            Jpeg => "jpg",
            Png => "png",
            _ => "pdf",
        };

    /// <summary>Refuses files that are too many for their subject or for the campaign.</summary>
    /// <param name="files">The stored files of the subject.</param>
    /// <param name="added">The new files.</param>
    /// <param name="bytes">The stored bytes of the campaign.</param>
    /// <param name="addedBytes">The bytes of the new files.</param>
    public static Refusal? RefuseMore(int files, int added, long bytes, long addedBytes) =>
        added == 0 ? Refusal.Validation("files", "Send at least one file.")
        : files + added > MostFiles ? Refusal.Validation("files", $"There are at most {MostFiles} files.")
        : bytes + addedBytes > MostBytesOfCampaign ? Refusal.EvidenceFull
        : null;
}
