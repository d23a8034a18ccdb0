using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Checks a PDF by the rules of ISO 19005-2 (PDF/A-2u) that concern what the product writes. The
/// names of the rules are those of veraPDF's public profiles. Checked: 6.1.2 header, 6.1.3 trailer,
/// 6.1.4 table, 6.1.6 strings, 6.1.7 streams and filters, 6.1.9 objects, 6.2.2 operators, 6.2.3
/// output intent, 6.2.4.3 device colours, 6.2.10 transparency, 6.2.11.3 composite fonts, 6.2.11.4
/// embedding, 6.2.11.5 widths, 6.2.11.7.2 Unicode, 6.2.11.8 <c>.notdef</c>, 6.3 annotations, 6.5
/// actions, 6.6.2 metadata, 6.6.4 identification.
/// </summary>
internal sealed partial class PdfStandard
{
    private static readonly HashSet<string> _operators = [.. "BT ET Tf Tm TJ Ts g re f BDC BMC EMC".Split(' ')];

    private static readonly HashSet<string> _forbidden =
    [
        .. "/Group /SMask /ExtGState /AA /OpenAction /JS /Annots /AcroForm /OCProperties /EF /URI".Split(' '),
    ];

    private readonly byte[] _bytes;

    public PdfStandard(byte[] bytes)
    {
        _bytes = bytes;
        Objects = PdfObjects.Read(bytes);
    }

    public PdfObjects Objects { get; }

    public XDocument Metadata =>
        XDocument.Parse(
            Encoding.UTF8.GetString(Objects.Stream(Objects.Reference(Objects.Catalogue, "/Metadata"))).Trim()
        );

    public void CheckArchive(string conformance)
    {
        CheckFile();
        CheckCatalogue();
        CheckMetadata(conformance);
        foreach (var page in Objects.Pages())
            CheckPage(page);
    }

    private void CheckFile()
    {
        var text = Encoding.Latin1.GetString(_bytes);
        Assert.Matches("^%PDF-1\\.[0-7]\n%[\u0080-\u00FF]{4}\n", text);
        Assert.EndsWith("%%EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("\nxref\n0 ", text, StringComparison.Ordinal);
        Assert.NotNull(Objects.Get(Objects.Trailer, "/ID"));
        Assert.Null(Objects.Get(Objects.Trailer, "/Encrypt"));
        Assert.All(ObjectStart().Matches(text), start => Assert.Equal('\n', text[start.Index - 1]));
        foreach (var one in Objects.All)
            if (one.TryGetProperty("stream", out var stream))
            {
                var dictionary = stream.GetProperty("dict");
                foreach (var key in (string[])["/F", "/FFilter", "/FDecodeParms"])
                    Assert.Null(Objects.Get(dictionary, key));
            }
            else
                CheckValue(one.GetProperty("value"));
    }

    // No transparency, action, annotation, form, optional content or embedded file anywhere.
    private static void CheckValue(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                CheckValue(item);
        if (value.ValueKind != JsonValueKind.Object)
            return;
        foreach (var entry in value.EnumerateObject())
        {
            Assert.DoesNotContain(entry.Name, _forbidden);
            CheckValue(entry.Value);
        }
    }

    private void CheckCatalogue()
    {
        var intent = Assert.Single(Objects.Items(Objects.Catalogue, "/OutputIntents"));
        Assert.Equal("/GTS_PDFA1", Objects.Text(intent, "/S"));
        var profile = Objects.Stream(Objects.Reference(intent, "/DestOutputProfile"));
        Assert.Equal(profile.Length, BinaryPrimitives.ReadInt32BigEndian(profile));
        Assert.InRange(profile[8], 2, 4);
        Assert.Equal("mntrRGB XYZ ", Encoding.ASCII.GetString(profile, 12, 12));
        Assert.Equal(3, Objects.Get(Objects.Get(intent, "/DestOutputProfile")!.Value, "/N")!.Value.GetInt32());
        Assert.False(string.IsNullOrEmpty(Objects.Text(Objects.Catalogue, "/Lang")));
        var preferences = Objects.Get(Objects.Catalogue, "/ViewerPreferences")!.Value;
        Assert.True(Objects.Get(preferences, "/DisplayDocTitle")!.Value.GetBoolean());
    }

    private void CheckMetadata(string conformance)
    {
        var (id, dc) = ((XNamespace)"http://www.aiim.org/pdfa/ns/id/", (XNamespace)"http://purl.org/dc/elements/1.1/");
        Assert.Equal("2", Metadata.Descendants(id + "part").Single().Value);
        Assert.Equal(conformance, Metadata.Descendants(id + "conformance").Single().Value);
        var title = Metadata.Descendants(dc + "title").Single().Value;
        var info = Objects.Get(Objects.Trailer, "/Info")!.Value;
        Assert.Equal(title.Trim(), Objects.Text(info, "/Title")!.Trim());
        Assert.Equal(
            ["/CreationDate", "/ModDate", "/Title"],
            info.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal)
        );
        foreach (var word in (string[])["Producer", "CreatorTool", "creator", "DocumentID"])
            Assert.DoesNotContain(Metadata.Descendants(), element =>
                element.Name.LocalName.Contains(word, StringComparison.Ordinal)
            );
    }

    private void CheckPage(JsonElement page)
    {
        var fonts = Objects
            .Get(Objects.Get(page, "/Resources")!.Value, "/Font")!
            .Value.EnumerateObject()
            .ToDictionary(font => font.Name, font => new PdfFont(Objects, Objects.Resolve(font.Value)));
        PdfFont? current = null;
        var depth = 0;
        foreach (var (name, operands) in Objects.Content(page))
        {
            Assert.Contains(name, _operators);
            if (name == "Tf")
                current = fonts[operands[0]];
            if (name == "TJ")
                foreach (var code in PdfObjects.Codes(operands[0]))
                    current!.CheckCode(code);
            depth +=
                name is "BDC" or "BMC" ? 1
                : name == "EMC" ? -1
                : 0;
            Assert.True(depth >= 0);
            Assert.All(operands, operand => Assert.True(operand.Length < 2 * 32_767));
        }
        Assert.Equal(0, depth);
    }

    [GeneratedRegex(@"(?<=[\r\n])\d+ 0 obj\n")]
    private static partial Regex ObjectStart();
}

/// <summary>A composite font with its embedded subset.</summary>
internal sealed class PdfFont
{
    private readonly Dictionary<int, int> _widths = [];
    private readonly Dictionary<int, string> _unicode = [];
    private readonly byte[] _program;

    public PdfFont(PdfObjects objects, JsonElement font)
    {
        Assert.Equal("/Type0", objects.Text(font, "/Subtype"));
        Assert.Equal("/Identity-H", objects.Text(font, "/Encoding"));
        var descendant = objects.Items(font, "/DescendantFonts").Single();
        Assert.Equal("/CIDFontType2", objects.Text(descendant, "/Subtype"));
        Assert.Equal("/Identity", objects.Text(descendant, "/CIDToGIDMap"));
        Assert.Equal(objects.Text(font, "/BaseFont"), objects.Text(descendant, "/BaseFont"));
        var descriptor = objects.Get(descendant, "/FontDescriptor")!.Value;
        Assert.Equal(objects.Text(font, "/BaseFont"), objects.Text(descriptor, "/FontName"));
        Assert.Null(objects.Get(descriptor, "/CIDSet"));
        _program = objects.Stream(objects.Reference(descriptor, "/FontFile2"));
        var widths = objects.Items(descendant, "/W").ToList();
        foreach (var (index, width) in widths[1].EnumerateArray().Index())
            _widths[widths[0].GetInt32() + index] = width.GetInt32();
        var map = Encoding.ASCII.GetString(objects.Stream(objects.Reference(font, "/ToUnicode")));
        foreach (Match entry in Regex.Matches(map, "^<([0-9A-F]{4})><([0-9A-F]*)>$", RegexOptions.Multiline))
            _unicode[int.Parse(entry.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)] =
                Encoding.BigEndianUnicode.GetString(Convert.FromHexString(entry.Groups[2].Value));
    }

    /// <summary>
    /// The glyph exists, is not <c>.notdef</c>, has the stated width, and has a text.
    /// </summary>
    public void CheckCode(int code)
    {
        Assert.NotEqual(0, code);
        Assert.InRange(code, 1, BinaryPrimitives.ReadUInt16BigEndian(Table("maxp")[4..]) - 1);
        var units = BinaryPrimitives.ReadUInt16BigEndian(Table("head")[18..]);
        var width = BinaryPrimitives.ReadUInt16BigEndian(Table("hmtx")[(4 * code)..]) * 1000.0 / units;
        Assert.InRange(_widths[code], width - 1, width + 1);
        var text = _unicode[code];
        Assert.NotEmpty(text);
        Assert.Equal(-1, text.AsSpan().IndexOfAny("\0\uFEFF\uFFFE"));
    }

    private ReadOnlySpan<byte> Table(string tag)
    {
        for (var i = 0; i < BinaryPrimitives.ReadUInt16BigEndian(_program.AsSpan(4)); i++)
        {
            var entry = _program.AsSpan(12 + (16 * i));
            if (Encoding.ASCII.GetString(entry[..4]) == tag)
                return _program.AsSpan(BinaryPrimitives.ReadInt32BigEndian(entry[8..]));
        }
        throw new InvalidDataException(tag);
    }
}
