using System.Text;

namespace Campaigns.Api.Http;

/// <summary>
/// A table as CSV (RFC 4180) that spreadsheets of a language open: with a byte order mark, the
/// language's separator, quotes around each cell, and no cell that a spreadsheet takes for a
/// formula.
/// </summary>
internal sealed class CsvTable
{
    public const string MediaType = "text/csv; charset=utf-8";

    private readonly StringBuilder _text = new("\uFEFF");
    private readonly char _separator;

    public CsvTable(string locale, params IEnumerable<string> columns)
    {
        _separator = SpreadsheetCell.Separator(locale);
        Add(columns);
    }

    public void Add(params IEnumerable<string?> cells) =>
        _text.AppendJoin(_separator, cells.Select(Quote)).Append("\r\n");

    /// <summary>The bytes of the lines that were added since the last call.</summary>
    public byte[] Drain()
    {
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        return bytes;
    }

    private static string Quote(string? cell) =>
        $"\"{SpreadsheetCell.Guard(cell ?? "").Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
