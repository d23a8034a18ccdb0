using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Campaigns.Db.Packets;
using Campaigns.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// The first walk over the ledger: counts, and which entries get a printed line in which order. Of a line it keeps twelve bytes, so that a million of them are a matter
/// of megabytes; the people are read in the second walk, a page at a time.
/// </summary>
internal sealed class PacketIndex
{
    private readonly Dictionary<string, CountryIndex> _countries;
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);

    private PacketIndex(IEnumerable<string> countries) => _countries = countries.ToDictionary(country => country, _ => new CountryIndex(), StringComparer.Ordinal);

    public CountryIndex this[string country] => _countries[country];

    /// <summary>Confirmed signatures by the hash of the text they signed; <see cref="ManifestText.Unknown"/> for those that a restore lost.</summary>
    public IReadOnlyDictionary<string, long> Texts => _texts;

    public long Lines => _countries.Values.Sum(country => (long)country.Entries.Length);

    /// <param name="source">The rows.</param>
    /// <param name="claimed">The packet.</param>
    /// <param name="recipient">Whom it is for.</param>
    /// <param name="cancellation">Asked between pages.</param>
    public static PacketIndex Read(PacketSource source, ClaimedPacket claimed, Recipient recipient, CancellationToken cancellation)
    {
        var packet = claimed.Packet;
        var index = new PacketIndex(packet.Countries);
        for (var from = 0L; from < packet.CutOff.Size; from += PacketSource.Page)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var entry in source.ReadEntries(packet.CampaignId, from, packet.CutOff.Size))
            {
                if (!index._countries.TryGetValue(entry.Country, out var country)) continue;
                CollectionsMarshal.GetValueRefOrAddDefault(index._texts, entry.TextHash ?? ManifestText.Unknown, out _)++;
                country.Add(entry, Shown(entry, packet, recipient), claimed.LineKey);
            }
        }
        foreach (var country in index._countries.Values) country.Sort();
        return index;
    }

    /// <summary>What this packet shows of an entry's signer.</summary>
    public static Disclosure Shown(PacketEntry entry, Packet packet, Recipient recipient) =>
        LineDisclosure.Of(entry.Disclosure, entry.DisclosedAt, packet.Disclosure, recipient.MaxDisclosure, recipient.AddedAt);
}

/// <summary>One country's counts and the order of its lines.</summary>
internal sealed class CountryIndex
{
    private readonly List<ulong> _keys = [];
    private readonly List<int> _entries = [];
    private long _confirmed, _name, _initials, _removed;

    public PacketCounts Counts => new(_confirmed, _name, _initials, _confirmed - _name - _initials - _removed, _removed);

    /// <summary>Ledger numbers in the order they are printed.</summary>
    public ReadOnlySpan<int> Entries => CollectionsMarshal.AsSpan(_entries);

    public void Add(PacketEntry entry, Disclosure shown, byte[] lineKey)
    {
        _confirmed++;
        if (entry.Removed) _removed++;
        else if (shown != Disclosure.Count)
        {
            if (shown == Disclosure.Name) _name++;
            else _initials++;
            _keys.Add(Key(entry, lineKey));
            _entries.Add(checked((int)entry.N));
        }
    }

    public void Sort() => CollectionsMarshal.AsSpan(_keys).Sort(CollectionsMarshal.AsSpan(_entries));

    // By day; within a day by a hash only this packet's key can make, so that the order says nothing about the ledger's.
    private static ulong Key(PacketEntry entry, byte[] lineKey)
    {
        Span<byte> number = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[32];
        BinaryPrimitives.WriteInt64BigEndian(number, entry.N);
        HMACSHA256.HashData(lineKey, number, hash);
        var day = (ulong)(entry.ConfirmedAt!.Value.ToUnixTimeMilliseconds() / 86_400_000);
        return (day << 48) | (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 16);
    }
}
