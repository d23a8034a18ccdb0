using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// Writes one country's volumes from the sequence of lines, and the ordered tables.
/// </summary>
internal sealed class CountryWriter(
    PacketWords words,
    PacketFacts facts,
    PacketStaging staging,
    TableParts tables,
    PacketProgress progress,
    IEnumerator<SignatureLine> lines
)
{
    private long _written;

    /// <summary>False when the lines end before the last of this country.</summary>
    public bool Write(CountryFacts country)
    {
        for (var number = 1; number <= country.Volumes; number++)
        {
            var first = (number - 1) * SignatureVolume.Most;
            var last = (int)Math.Min(first + SignatureVolume.Most, country.Counts.Name + country.Counts.Initials);
            // Initials stand without a place.
            var hasNames = country.Counts.Name > 0;
            var ahead = hasNames ? ReadUntilPlace(last - first) : [];
            var volume = new VolumeFacts(
                country.Country,
                number,
                country.Volumes,
                last,
                hasNames,
                ahead.Count > 0 && ahead[^1].Locality is not null
            );
            staging.Write(PacketNames.Volume(country.Country, number), stream =>
                SignatureVolume.Write(stream, words, facts, volume, ReadLines(volume, ahead, last - first))
            );
            if (_written < last)
                return false;
        }
        return true;
    }

    // A volume without a place has no column for places. The first lines say so in most volumes; only a volume without
    // any place is read ahead as a whole.
    private List<SignatureLine> ReadUntilPlace(int count)
    {
        var ahead = new List<SignatureLine>();
        while (ahead.Count < count && lines.MoveNext())
        {
            ahead.Add(lines.Current);
            if (lines.Current.Locality is not null)
                break;
        }
        return ahead;
    }

    private IEnumerable<SignatureLine> ReadLines(VolumeFacts volume, List<SignatureLine> ahead, int count)
    {
        foreach (var line in ahead)
            yield return Count(volume, line);
        for (var read = ahead.Count; read < count && lines.MoveNext(); read++)
            yield return Count(volume, lines.Current);
    }

    private SignatureLine Count(VolumeFacts volume, SignatureLine line)
    {
        tables.Add(volume, line);
        _written++;
        Volatile.Write(ref progress.Done, progress.Done + 1);
        return line;
    }
}
