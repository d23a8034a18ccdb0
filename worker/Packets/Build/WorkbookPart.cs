using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// <c>signatures.xlsx</c>: the printed lines as a workbook (ECMA-376), written row by row, so that
/// memory has one row. Names and places are cells of type and format text, which no program
/// calculates, also not after an edit; the workbook has no formula.
/// </summary>
internal sealed class WorkbookPart : ILineTable
{
    /// <summary>The most rows of a sheet that spreadsheets open.</summary>
    public const int MostRows = 1_048_576;

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string ContentTypes = "http://schemas.openxmlformats.org/package/2006/content-types";
    private const string Media = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

    // Places in the list of formats in styles.xml.
    private const string Head = "1",
        Text = "2",
        Date = "3";

    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(false) };
    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789ABCDEFabcdef");
    private static readonly int _dayZero = new DateOnly(1899, 12, 30).DayNumber;
    private static readonly int[] _widths = [9, 9, 9, 36, 28, 12];

    private readonly ZipArchive _zip;
    private readonly int _mostRows;
    private readonly int _sheets;
    private Stream? _stream;
    private XmlWriter? _sheet;
    private int _sheetNumber;
    private int _rows;

    /// <param name="stream">Written front to back; stays open.</param>
    /// <param name="lines">How many lines will be added at most.</param>
    /// <param name="mostRows">The most rows of a sheet, its head included.</param>
    public WorkbookPart(Stream stream, long lines, int mostRows = MostRows)
    {
        _zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        _mostRows = mostRows;
        _sheets = Math.Max(1, (int)((lines + mostRows - 2) / (mostRows - 1)));
        WriteStart();
        BeginSheet();
    }

    public void Add(VolumeFacts volume, SignatureLine line)
    {
        if (_rows == _mostRows)
        {
            EndSheet();
            BeginSheet();
        }
        _sheet!.WriteStartElement("row", Main);
        AddNumber(volume.Number);
        AddNumber(line.Number);
        AddText(volume.Country, Text);
        AddText(line.Shown, Text);
        AddText(line.Locality ?? "", Text);
        AddNumber(line.Day.DayNumber - _dayZero, Date);
        _sheet.WriteEndElement();
        _rows++;
    }

    public void Dispose()
    {
        if (_sheet is not null)
            EndSheet();
        // The first parts name all sheets.
        while (_sheetNumber < _sheets)
        {
            BeginSheet();
            EndSheet();
        }
        _zip.Dispose();
    }

    /// <summary>
    /// A text as the format stores it: a character that XML does not have is written as its
    /// number, and a text that looks like such a number keeps its underscore by one.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var sign = text[i];
            if (char.IsHighSurrogate(sign) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                escaped.Append(sign).Append(text[++i]);
            else if (!XmlConvert.IsXmlChar(sign) || (sign == '_' && LooksEscaped(text, i)))
                escaped.Append(CultureInfo.InvariantCulture, $"_x{(int)sign:X4}_");
            else
                escaped.Append(sign);
        }
        return escaped.Length == text.Length ? text : escaped.ToString();
    }

    private static bool LooksEscaped(string text, int at) =>
        text.Length > at + 6
        && text[at + 1] == 'x'
        && text[at + 6] == '_'
        && text.AsSpan(at + 2, 4).IndexOfAnyExcept(_hex) < 0;

    private void BeginSheet()
    {
        _sheetNumber++;
        _stream = Entry($"xl/worksheets/sheet{_sheetNumber}.xml");
        _sheet = XmlWriter.Create(_stream, _settings);
        _sheet.WriteStartElement("worksheet", Main);
        _sheet.WriteRaw(
            "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
                + "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>"
        );
        foreach (var (index, width) in _widths.Index())
            _sheet.WriteRaw(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<col min=\"{index + 1}\" max=\"{index + 1}\" width=\"{width}\" customWidth=\"1\"/>"
                )
            );
        _sheet.WriteRaw("</cols>");
        _sheet.WriteStartElement("sheetData", Main);
        _sheet.WriteStartElement("row", Main);
        foreach (var column in CsvPart.Columns)
            AddText(column, Head);
        _sheet.WriteEndElement();
        _rows = 1;
    }

    private void EndSheet()
    {
        _sheet!.WriteEndDocument();
        _sheet.Dispose();
        _stream!.Dispose();
        _sheet = null;
    }

    private void AddNumber(int number, string? format = null)
    {
        _sheet!.WriteStartElement("c", Main);
        if (format is not null)
            _sheet.WriteAttributeString("s", format);
        _sheet.WriteStartElement("v", Main);
        _sheet.WriteValue(number);
        _sheet.WriteEndElement();
        _sheet.WriteEndElement();
    }

    private void AddText(string text, string format)
    {
        _sheet!.WriteStartElement("c", Main);
        _sheet.WriteAttributeString("s", format);
        if (text.Length > 0)
        {
            _sheet.WriteAttributeString("t", "inlineStr");
            _sheet.WriteStartElement("is", Main);
            _sheet.WriteStartElement("t", Main);
            _sheet.WriteAttributeString("xml", "space", null, "preserve");
            _sheet.WriteString(Escape(text));
            _sheet.WriteEndElement();
            _sheet.WriteEndElement();
        }
        _sheet.WriteEndElement();
    }

    private void WriteStart()
    {
        string Each(Func<int, string> part) => string.Concat(Enumerable.Range(1, _sheets).Select(part));
        Write(
            "[Content_Types].xml",
            $"<Types xmlns=\"{ContentTypes}\">"
                + "<Default Extension=\"rels\" "
                + "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                + $"<Override PartName=\"/xl/workbook.xml\" ContentType=\"{Media}sheet.main+xml\"/>"
                + $"<Override PartName=\"/xl/styles.xml\" ContentType=\"{Media}styles+xml\"/>"
                + Each(sheet =>
                    $"<Override PartName=\"/xl/worksheets/sheet{sheet}.xml\" ContentType=\"{Media}worksheet+xml\"/>"
                )
                + "</Types>"
        );
        Write(
            "_rels/.rels",
            $"<Relationships xmlns=\"{PackageRelations}\">"
                + $"<Relationship Id=\"rId1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/>"
                + "</Relationships>"
        );
        Write(
            "xl/workbook.xml",
            $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><sheets>"
                + Each(sheet =>
                    $"<sheet name=\"signatures{(sheet == 1 ? "" : $" {sheet}")}\" "
                    + $"sheetId=\"{sheet}\" r:id=\"rId{sheet}\"/>"
                )
                + "</sheets></workbook>"
        );
        Write(
            "xl/_rels/workbook.xml.rels",
            $"<Relationships xmlns=\"{PackageRelations}\">"
                + Each(sheet =>
                    $"<Relationship Id=\"rId{sheet}\" Type=\"{Relations}/worksheet\" "
                    + $"Target=\"worksheets/sheet{sheet}.xml\"/>"
                )
                + $"<Relationship Id=\"rId{_sheets + 1}\" Type=\"{Relations}/styles\" Target=\"styles.xml\"/>"
                + "</Relationships>"
        );
        // 49 is the format text: a cell of it stays a text when a reader edits it.
        Write(
            "xl/styles.xml",
            $"""
            <styleSheet xmlns="{Main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>
            <fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
            <font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
            <fills count="2"><fill><patternFill patternType="none"/></fill>
            <fill><patternFill patternType="gray125"/></fill></fills>
            <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
            <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
            <cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
            <xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>
            <xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
            <xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
            <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
            """
        );
    }

    private void Write(string name, string xml)
    {
        using var entry = Entry(name);
        entry.Write(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n" + xml));
    }

    // The date is fixed, so that the same lines make the same bytes.
    private Stream Entry(string name)
    {
        var entry = _zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry.Open();
    }
}
