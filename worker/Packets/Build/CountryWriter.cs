using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// Writes one country's volumes from the sequence of lines, and the table if it was requested.
/// </summary>
internal sealed class CountryWriter(
    PacketWords words,
    PacketFacts facts,
    PacketStaging staging,
    CsvPart? csv,
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
            var volume = new VolumeFacts(country.Country, number, country.Volumes, last, country.Counts.Name > 0);
            staging.Write(PacketNames.Volume(country.Country, number), stream =>
                SignatureVolume.Write(stream, words, facts, volume, ReadLines(volume, last - first))
            );
            if (_written < last)
                return false;
        }
        return true;
    }

    private IEnumerable<SignatureLine> ReadLines(VolumeFacts volume, int count)
    {
        for (var read = 0; read < count && lines.MoveNext(); read++)
        {
            csv?.Add(volume, lines.Current);
            _written++;
            Volatile.Write(ref progress.Done, progress.Done + 1);
            yield return lines.Current;
        }
    }
}
