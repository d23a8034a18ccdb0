using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Campaigns.Db.Packets;
using Campaigns.Packets;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// The first pass over the ledger: counts, the entries that get a printed line, and their order. It
/// stores sixteen bytes a line, so a million lines need 16 MB. The second pass reads the signers, a
/// page at a time.
/// </summary>
internal sealed class PacketPlan
{
    private readonly Dictionary<string, CountryIndex> _countries;
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);

    private PacketPlan(IEnumerable<string> countries) =>
        _countries = countries.ToDictionary(country => country, _ => new CountryIndex(), StringComparer.Ordinal);

    public CountryIndex this[string country] => _countries[country];

    /// <summary>
    /// Confirmed signatures by the hash of the signed text; <see cref="ManifestText.Unknown"/> for
    /// those whose text a restore lost.
    /// </summary>
    public IReadOnlyDictionary<string, long> Texts => _texts;

    /// <summary>
    /// Signatures of the packet's countries up to the cut-off of the packet that it supplements,
    /// which are still confirmed.
    /// </summary>
    public long Earlier { get; private set; }

    public long Lines => _countries.Values.Sum(country => (long)country.Signers.Length);

    /// <param name="reader">The rows.</param>
    /// <param name="claimed">The packet.</param>
    /// <param name="recipient">The packet's recipient.</param>
    /// <param name="cancellation">Checked before each page.</param>
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
            if (entry.N < packet.Earlier?.CutOff.Size)
            {
                plan.CountEarlier(entry);
                continue;
            }
            plan.CountListedLater(entry);
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

    private void CountEarlier(PacketEntry entry)
    {
        if (!entry.Removed && _countries.ContainsKey(entry.Country))
            Earlier++;
    }

    private void CountListedLater(PacketEntry entry)
    {
        if (
            entry is { Country: Country.Other, Removed: false, Signer: { } signer }
            && _countries.TryGetValue(signer.Country, out var own)
        )
            own.ListedLater++;
    }

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

    /// <summary>
    /// Signatures of this country whose line counts under <c>ZZ</c>, because they were confirmed
    /// before the campaign listed it.
    /// </summary>
    public long ListedLater { get; set; }

    /// <summary>The ids of the signatures with a line, in printed order.</summary>
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
/// Orders lines by day, and within a day by a hash with this packet's key. So the printed order
/// does not reveal the order of the ledger.
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
