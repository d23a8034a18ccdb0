using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets;

/// <summary>The second walk: reads one country's signers in the order of their lines, and writes its volumes.</summary>
internal sealed class CountryWriter(
    PacketSource source, ClaimedPacket claimed, Recipient recipient, PacketWords words, PacketFacts facts, PartFolder parts, CsvPart? csv, PacketProgress progress)
{
    private long _names;
    private long _initials;

    /// <summary>False when what is read now is no longer what was counted.</summary>
    public bool Write(CountryFacts country, CountryIndex index, CancellationToken cancellation)
    {
        var lines = new List<SignatureLine>(Math.Min(index.Entries.Length, SignatureVolume.Most));
        for (var volume = new VolumeFacts(country.Country, 1, country.Volumes); volume.Number <= volume.Of; volume = volume with { Number = volume.Number + 1 })
        {
            lines.Clear();
            var first = (volume.Number - 1) * SignatureVolume.Most;
            var last = Math.Min(first + SignatureVolume.Most, index.Entries.Length);
            for (var from = first; from < last; from += PacketSource.Page)
            {
                cancellation.ThrowIfCancellationRequested();
                var page = index.Entries[from..Math.Min(from + PacketSource.Page, last)].ToArray();
                if (!Read(page, from, lines)) return false;
            }
            foreach (var line in lines) csv?.Add(volume, line);
            parts.Write(PacketNames.Volume(country.Country, volume.Number), stream => SignatureVolume.Write(stream, words, facts, volume, lines));
            Interlocked.Add(ref progress.Done, lines.Count);
        }
        return _names == country.Counts.Name && _initials == country.Counts.Initials;
    }

    private bool Read(int[] page, int from, List<SignatureLine> lines)
    {
        var signers = source.ReadSigners(claimed.Packet.CampaignId, page);
        if (signers.Count != page.Length) return false;
        for (var i = 0; i < page.Length; i++)
        {
            var signer = signers[i];
            var shown = PacketIndex.Shown(signer.Entry, claimed.Packet, recipient);
            if (shown == Disclosure.Count || signer.Name is null) return false;
            if (shown == Disclosure.Name) _names++;
            else _initials++;
            lines.Add(new(
                from + i + 1,
                shown == Disclosure.Name ? signer.Name : Initials.Of(signer.Name),
                shown == Disclosure.Name && !string.IsNullOrWhiteSpace(signer.Locality) ? signer.Locality : null,
                Instant.Day(signer.Entry.ConfirmedAt!.Value)));
        }
        return true;
    }
}
