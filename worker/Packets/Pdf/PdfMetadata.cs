using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The metadata of a document (XMP): what PDF/A (ISO 19005-2) and PDF/UA (ISO 14289-1) ask for, and
/// nothing of the machine, its user or the program.
/// </summary>
internal static class PdfMetadata
{
    // PDF/A knows the schema of PDF/UA only if the document describes it.
    private const string AccessibilitySchema = """
        <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
         xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
         xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
        <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
        <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
        <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
        <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
        <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>part</pdfaProperty:name>
        <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
        <pdfaProperty:category>internal</pdfaProperty:category>
        <pdfaProperty:description>The part of ISO 14289 that the document follows</pdfaProperty:description>
        </rdf:li></rdf:Seq></pdfaSchema:property>
        </rdf:li></rdf:Bag></pdfaExtension:schemas>
        </rdf:Description>

        """;

    /// <param name="info">The title, language and date.</param>
    /// <param name="tagged">True for PDF/A-2a and PDF/UA-1, false for PDF/A-2u.</param>
    public static byte[] Write(PdfInfo info, bool tagged)
    {
        var date = info.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var accessible = tagged ? "<pdfuaid:part>1</pdfuaid:part>\n" : "";
        return Encoding.UTF8.GetBytes(
            $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
             xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
             xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Escape(info.Title)}</rdf:li></rdf:Alt></dc:title>
            <dc:language><rdf:Bag><rdf:li>{info.Language}</rdf:li></rdf:Bag></dc:language>
            <xmp:CreateDate>{date}</xmp:CreateDate>
            <xmp:ModifyDate>{date}</xmp:ModifyDate>
            <pdfaid:part>2</pdfaid:part>
            <pdfaid:conformance>{(tagged ? "A" : "U")}</pdfaid:conformance>
            {accessible}</rdf:Description>
            {(tagged ? AccessibilitySchema : "")}</rdf:RDF></x:xmpmeta>
            <?xpacket end="r"?>
            """.ReplaceLineEndings("\n")
        );
    }

    private static string Escape(string text) =>
        SecurityElement.Escape(
            string.Concat(
                text.EnumerateRunes()
                    .Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value))
                    .Select(rune => rune.ToString())
            )
        );
}
