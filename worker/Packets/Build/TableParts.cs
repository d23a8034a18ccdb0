using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// The ordered tables of a packet, written while its volumes are: <c>signatures.csv</c> and
/// <c>signatures.xlsx</c>. A packet without a printed line has none.
/// </summary>
internal sealed class TableParts : IDisposable
{
    private readonly List<(PacketStaging.Part Part, ILineTable Table)> _tables = [];

    public TableParts(PacketStaging staging, Packet packet, Recipient recipient, PacketWords words, long lines)
    {
        if (!PacketRules.AllowsTables(recipient) || lines == 0)
            return;
        if (packet.Csv)
            Begin(staging, PacketNames.Csv, stream => Csv = new CsvPart(stream, words.Separator));
        if (packet.Xlsx)
            Begin(staging, PacketNames.Workbook, stream => new WorkbookPart(stream, lines));
        HasWorkbook = packet.Xlsx;
    }

    /// <summary>Null without <c>signatures.csv</c>.</summary>
    public CsvPart? Csv { get; private set; }

    public bool HasWorkbook { get; }

    public void Add(VolumeFacts volume, SignatureLine line)
    {
        foreach (var (_, table) in _tables)
            table.Add(volume, line);
    }

    /// <summary>Adds the tables to the files of the packet.</summary>
    public void Complete()
    {
        foreach (var (part, table) in _tables)
        {
            table.Dispose();
            part.Complete();
            part.Dispose();
        }
        _tables.Clear();
    }

    public void Dispose()
    {
        foreach (var (part, table) in _tables)
        {
            table.Dispose();
            part.Dispose();
        }
        _tables.Clear();
    }

    private void Begin(PacketStaging staging, string name, Func<Stream, ILineTable> open)
    {
        var part = staging.Begin(name);
        _tables.Add((part, open(part.Stream)));
    }
}
