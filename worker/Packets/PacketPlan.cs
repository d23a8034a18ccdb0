using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Campaigns.Db.Packets;
using Campaigns.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// The first walk over the ledger: counts, and which entries get a printed line in which order. Of
/// a line it keeps sixteen bytes, so that a million of them are a matter of megabytes; the people
/// are read in the second walk, a page at a time.
/// </summary>
internal sealed class PacketPlan
{
    private readonly Dictionary<string, CountryIndex> _countries;
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);

    private PacketPlan(IEnumerable<string> countries) =>
        _countries = countries.ToDictionary(country => country, _ => new CountryIndex(), StringComparer.Ordinal);

    public CountryIndex this[string country] => _countries[country];

    /// <summary>
    /// Confirmed signatures by the hash of the text they signed; <see cref="ManifestText.Unknown"/>
    /// for those that a restore lost.
    /// </summary>
    public IReadOnlyDictionary<string, long> Texts => _texts;

    public long Lines => _countries.Values.Sum(country => (long)country.Signers.Length);

    /// <param name="reader">The rows.</param>
    /// <param name="claimed">The packet.</param>
    /// <param name="recipient">Whom it is for.</param>
    /// <param name="cancellation">Asked between pages.</param>
    public static PacketPlan Read(
        PacketReader reader,
        ClaimedPacket claimed,
        Recipient recipient,
        CancellationToken cancellation
    )
    {
        var packet = claimed.Packet;
        var plan = new PacketPlan(packet.Countries);
        using var order = new LineOrder(claimed.DecryptLineKey());
        foreach (var entry in Prefetch.Of(Pages(reader, packet, cancellation)).SelectMany(page => page))
        {
            if (!plan._countries.TryGetValue(entry.Country, out var country))
                continue;
            CollectionsMarshal.GetValueRefOrAddDefault(plan._texts, entry.TextHash, out _)++;
            country.Add(entry, entry.Signer is { } signer ? Shown(signer, packet, recipient) : Disclosure.Count, order);
        }
        foreach (var country in plan._countries.Values)
            country.Sort();
        return plan;
    }

    /// <summary>What this packet shows of a signer.</summary>
    public static Disclosure Shown(PacketSigner signer, Packet packet, Recipient recipient) =>
        LineDisclosure.Compute(
            signer.Disclosure,
            signer.DisclosedAt,
            packet.Disclosure,
            recipient.MaxDisclosure,
            recipient.AddedAt
        );

    private static IEnumerable<IReadOnlyList<PacketEntry>> Pages(
        PacketReader reader,
        Packet packet,
        CancellationToken cancellation
    )
    {
        for (var from = 0L; from < packet.CutOff.Size; from += PacketReader.Page)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return reader.ReadEntries(packet.CampaignId, from, packet.CutOff.Size);
        }
    }
}

/// <summary>One country's counts and the order of its lines.</summary>
internal sealed class CountryIndex
{
    private readonly List<ulong> _keys = [];
    private readonly List<long> _signers = [];
    private long _confirmed,
        _name,
        _initials,
        _removed;

    public PacketCounts Counts =>
        new(_confirmed, _name, _initials, _confirmed - _name - _initials - _removed, _removed);

    /// <summary>The signatures with a line, by id, in the order they are printed.</summary>
    public ReadOnlySpan<long> Signers => CollectionsMarshal.AsSpan(_signers);

    public void Add(PacketEntry entry, Disclosure shown, LineOrder order)
    {
        _confirmed++;
        if (entry.Removed)
            _removed++;
        else if (shown != Disclosure.Count)
        {
            if (shown == Disclosure.Name)
                _name++;
            else
                _initials++;
            var signer = entry.Signer!.Value;
            _keys.Add(order.Key(entry.N, signer.ConfirmedAt));
            _signers.Add(signer.Id);
        }
    }

    public void Sort() => CollectionsMarshal.AsSpan(_keys).Sort(CollectionsMarshal.AsSpan(_signers));
}

/// <summary>
/// By day; within a day by a hash only this packet's key can make, so that the order says nothing
/// about the ledger's.
/// </summary>
internal sealed class LineOrder(byte[] lineKey) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, lineKey);

    public ulong Key(long n, DateTimeOffset confirmedAt)
    {
        Span<byte> number = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[32];
        BinaryPrimitives.WriteInt64BigEndian(number, n);
        _hash.AppendData(number);
        _hash.GetHashAndReset(hash);
        var day = (ulong)(confirmedAt.ToUnixTimeMilliseconds() / 86_400_000);
        return (day << 48) | (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 16);
    }

    public void Dispose() => _hash.Dispose();
}
