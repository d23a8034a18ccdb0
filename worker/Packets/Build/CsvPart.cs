using Campaigns.Worker.Packets.Documents;
using CsvHelper;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// <c>signatures.csv</c>: the printed lines as a table, RFC 4180, UTF-8. A cell that a spreadsheet
/// would read as a formula gets a leading apostrophe. The library's own escape misses blanks before
/// the sign and full-width signs.
/// </summary>
internal sealed class CsvPart : IDisposable
{
    private const string Starts = "=+-@\t\r＝＋－＠";

    private readonly CsvWriter _csv;

    public CsvPart(Stream stream)
    {
        _csv = CsvWriter.Create(
            stream,
            new CsvWriterOptions { Injection = CsvInjection.None, WriteByteOrderMark = false },
            leaveOpen: true
        );
        foreach (var column in (string[])["volume", "line", "country", "name", "locality", "day"])
            _csv.WriteField(column);
        _csv.EndRecord();
    }

    /// <summary>How many cells got an apostrophe.</summary>
    public int Apostrophes { get; private set; }

    public void Add(VolumeFacts volume, SignatureLine line)
    {
        _csv.WriteField(volume.Number);
        _csv.WriteField(line.Number);
        _csv.WriteField(volume.Country);
        _csv.WriteField(EscapeFormula(line.Shown));
        _csv.WriteField(EscapeFormula(line.Locality ?? ""));
        _csv.WriteField(Instant.Text(line.Day));
        _csv.EndRecord();
    }

    public void Dispose() => _csv.Dispose();

    private string EscapeFormula(string cell)
    {
        var first = cell.FirstOrDefault(sign =>
            Starts.Contains(sign, StringComparison.Ordinal) || !char.IsWhiteSpace(sign)
        );
        if (!Starts.Contains(first, StringComparison.Ordinal))
            return cell;
        Apostrophes++;
        return "'" + cell;
    }
}
