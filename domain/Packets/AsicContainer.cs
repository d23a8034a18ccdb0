namespace Campaigns.Packets;

/// <summary>
/// The parts that make the ZIP of a packet an ASiC-E container (ETSI EN 319 162-1), which programs
/// for signed documents open: a first entry that names the format, a list of all other files with
/// their hashes, and a CMS signature of that list.
/// </summary>
public static class AsicContainer
{
    public const string MimeTypeName = "mimetype";
    public const string MimeType = "application/vnd.etsi.asic-e+zip";
    public const string ManifestName = "META-INF/ASiCManifest001.xml";
    public const string SignatureName = "META-INF/signature001.p7s";

    /// <summary>
    /// True for the parts of the container itself, which <c>manifest.json</c> does not list.
    /// </summary>
    public static bool IsPart(string name) => name is MimeTypeName or ManifestName or SignatureName;
}
