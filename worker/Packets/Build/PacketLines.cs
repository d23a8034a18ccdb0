using System.Runtime.CompilerServices;
using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// The second pass: reads and decrypts the signers in the order of their lines, country by country.
/// </summary>
internal sealed class PacketLines(PacketReader reader, ClaimedPacket claimed, Recipient recipient, PacketPlan plan)
{
    /// <summary>
    /// True when the rows differ from those that the plan counted; then the lines end early. Valid
    /// only after the last line.
    /// </summary>
    public bool SourceChanged { get; private set; }

    /// <summary>Pages of lines; a page is of one country.</summary>
    public IEnumerable<IReadOnlyList<SignatureLine>> Read(CancellationToken cancellation)
    {
        foreach (var country in claimed.Packet.Countries)
        {
            var lines = plan[country].Signers.Length;
            var read = new ShownLines(0, 0);
            for (var from = 0; from < lines && !SourceChanged; from += PacketReader.Page)
            {
                cancellation.ThrowIfCancellationRequested();
                var page = ReadPage(
                    plan[country].Signers[from..Math.Min(from + PacketReader.Page, lines)].ToArray(),
                    from,
                    ref read
                );
                if (!SourceChanged)
                    yield return page;
            }
            var counts = plan[country].Counts;
            SourceChanged |= read != new ShownLines(counts.Name, counts.Initials);
            if (SourceChanged)
                yield break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<SignatureLine> ReadPage(long[] ids, int from, ref ShownLines read)
    {
        var lines = new List<SignatureLine>(ids.Length);
        foreach (var signer in reader.ReadSigners(claimed.Packet.CampaignId, ids))
        {
            var shown = signer is null ? Disclosure.Count : PacketPlan.Shown(signer.Signer, claimed.Packet, recipient);
            if (shown == Disclosure.Count || signer!.Name is null)
            {
                SourceChanged = true;
                break;
            }
            read =
                shown == Disclosure.Name
                    ? read with
                    {
                        Names = read.Names + 1,
                    }
                    : read with
                    {
                        Initials = read.Initials + 1,
                    };
            lines.Add(
                new(
                    from + lines.Count + 1,
                    shown == Disclosure.Name ? signer.Name : Initials.Of(signer.Name),
                    shown == Disclosure.Name && !string.IsNullOrWhiteSpace(signer.Locality) ? signer.Locality : null,
                    Instant.Day(signer.Signer.ConfirmedAt)
                )
            );
        }
        return lines;
    }

    private readonly record struct ShownLines(long Names, long Initials);
}
