using Campaigns.Worker.Packets.Documents;
using CsvHelper;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// <c>signatures.csv</c>: the printed lines as a table, RFC 4180, UTF-8. The byte order mark, the
/// separator and the quotes are what spreadsheets of the packet's language expect. The library's
/// own escape guards only the start of a cell, so cells are guarded before it sees them.
/// </summary>
internal sealed class CsvPart : ILineTable
{
    /// <summary>The head of every table.</summary>
    public static readonly IReadOnlyList<string> Columns = ["volume", "line", "country", "name", "locality", "day"];

    private readonly CsvWriter _csv;

    /// <param name="stream">Stays open.</param>
    /// <param name="separator">Between fields.</param>
    public CsvPart(Stream stream, char separator)
    {
        _csv = CsvWriter.Create(
            stream,
            new CsvWriterOptions
            {
                Injection = CsvInjection.None,
                Quoting = CsvQuoting.Always,
                Separator = separator,
                WriteByteOrderMark = true,
            },
            leaveOpen: true
        );
        foreach (var column in Columns)
            _csv.WriteField(column);
        _csv.EndRecord();
    }

    /// <summary>How many cells got an apostrophe.</summary>
    public int GuardedCells { get; private set; }

    public void Add(VolumeFacts volume, SignatureLine line)
    {
        _csv.WriteField(volume.Number);
        _csv.WriteField(line.Number);
        _csv.WriteField(volume.Country);
        _csv.WriteField(Guard(line.Shown));
        _csv.WriteField(Guard(line.Locality ?? ""));
        _csv.WriteField(Instant.Text(line.Day));
        _csv.EndRecord();
    }

    public void Dispose() => _csv.Dispose();

    private string Guard(string cell)
    {
        var guarded = SpreadsheetCell.Guard(cell);
        if (guarded.Length > cell.Length)
            GuardedCells++;
        return guarded;
    }
}
