using System.Text;
using System.Xml;

namespace Campaigns.Packets;

/// <summary>
/// <see cref="AsicContainer.ManifestName"/>: the files that the signature of the container covers,
/// with their SHA-256.
/// </summary>
public static class AsicManifest
{
    private const string Asic = "http://uri.etsi.org/02918/v1.2.1#";
    private const string Dsig = "http://www.w3.org/2000/09/xmldsig#";
    private const string Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

    private static readonly XmlWriterSettings _written = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
    };

    private static readonly XmlReaderSettings _read = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
    };

    /// <summary>The list of these files, in their order.</summary>
    public static byte[] Write(IEnumerable<PacketFile> files)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, _written))
        {
            xml.WriteStartElement("asic", "ASiCManifest", Asic);
            xml.WriteAttributeString("xmlns", "ds", null, Dsig);
            xml.WriteStartElement("SigReference", Asic);
            xml.WriteAttributeString("URI", AsicContainer.SignatureName);
            xml.WriteAttributeString("MimeType", "application/pkcs7-signature");
            xml.WriteEndElement();
            foreach (var file in files)
            {
                xml.WriteStartElement("DataObjectReference", Asic);
                xml.WriteAttributeString("URI", file.Name);
                xml.WriteAttributeString("MimeType", MimeTypeOf(file.Name));
                xml.WriteStartElement("DigestMethod", Dsig);
                xml.WriteAttributeString("Algorithm", Sha256);
                xml.WriteEndElement();
                xml.WriteElementString("DigestValue", Dsig, ToBase64(file.Sha256));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return buffer.ToArray();
    }

    /// <summary>
    /// The SHA-256 of each listed file, in lower-case hex. Null when the bytes are no such list, or
    /// list a file twice.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Parse(byte[] text)
    {
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(text), _read);
            xml.MoveToContent();
            xml.ReadStartElement("ASiCManifest", Asic);
            if (!xml.IsStartElement("SigReference", Asic) || xml.GetAttribute("URI") != AsicContainer.SignatureName)
                return null;
            xml.Skip();
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            while (xml.IsStartElement())
            {
                var (name, hash) = ReadFile(xml);
                if (!files.TryAdd(name, hash))
                    return null;
            }
            xml.ReadEndElement();
            return files;
        }
        catch (Exception error) when (error is XmlException or FormatException)
        {
            return null;
        }
    }

    private static (string Name, string Hash) ReadFile(XmlReader xml)
    {
        var name = xml.GetAttribute("URI") ?? throw new FormatException();
        xml.ReadStartElement("DataObjectReference", Asic);
        if (!xml.IsStartElement("DigestMethod", Dsig) || xml.GetAttribute("Algorithm") != Sha256)
            throw new FormatException();
        xml.Skip();
        var hash = Convert.ToHexStringLower(
            Convert.FromBase64String(xml.ReadElementContentAsString("DigestValue", Dsig))
        );
        xml.ReadEndElement();
        return (name, hash);
    }

    private static string ToBase64(string hex) => Convert.ToBase64String(Convert.FromHexString(hex));

    private static string MimeTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".pdf" => "application/pdf",
            ".csv" => "text/csv",
            ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".json" => "application/json",
            ".jws" => "application/jose",
            _ => "text/plain",
        };
}
