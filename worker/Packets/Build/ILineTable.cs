using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>The printed lines as a table; complete once disposed of.</summary>
internal interface ILineTable : IDisposable
{
    void Add(VolumeFacts volume, SignatureLine line);
}
