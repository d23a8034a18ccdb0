using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>One confirmed entry of the first N, as a packet must count it.</summary>
/// <param name="N">Its number in the ledger.</param>
/// <param name="Country">Listed, or <c>ZZ</c>.</param>
/// <param name="TextHash">What was signed; null when the signature was lost in a restore.</param>
/// <param name="Removed">Taken back after the cut-off.</param>
/// <param name="Disclosure">The signer's choice; null once nothing links the entry to a signer.</param>
/// <param name="DisclosedAt">When it was made.</param>
/// <param name="ConfirmedAt">When the signature was confirmed.</param>
public sealed record PacketEntry(
    long N, string Country, string? TextHash, bool Removed, Disclosure? Disclosure, DateTimeOffset? DisclosedAt, DateTimeOffset? ConfirmedAt);

/// <summary>A signer to print, opened.</summary>
public sealed record PacketSigner(PacketEntry Entry, string? Name, string? Locality);

/// <summary>
/// Reads what a packet is made of, <see cref="Page"/> rows at a time and never in a transaction that outlives a page. What moves meanwhile is told by the campaign's
/// counter of removals when the packet is published.
/// </summary>
public sealed class PacketSource(Database database, SignatureSeal seal)
{
    public const int Page = 1_000;

    private const string Columns = "e.n, e.country, e.text_hash, e.removed, s.disclosure, s.disclosed_at, s.confirmed_at";

    // Confirmed at the cut-off: added within the first N lines and not taken back within them.
    private const string SelectEntries = $"""
        SELECT {Columns}
        FROM ledger_entries e LEFT JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id
        WHERE e.campaign_id = @campaignId AND e.n >= @from AND e.n < @to AND e.kind = 'add' AND (e.removed_by IS NULL OR e.removed_by >= @size)
        ORDER BY e.n
        """;

    // The numbers are written into the statement: a thousand named parameters cost more to bind than their rows to read.
    private const string SelectSigners = $$"""
        SELECT {{Columns}}, s.id, s.person
        FROM ledger_entries e JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id
        WHERE e.campaign_id = @campaignId AND e.n IN {=entries} AND e.removed = 0 AND s.person IS NOT NULL
        """;

    private const string SelectRecipient = """
        SELECT campaign_id, key, name, address, countries, risk, max_disclosure, added_at FROM recipients WHERE campaign_id = @CampaignId AND key = @key AND removed_at IS NULL
        """;

    /// <summary>Confirmed entries among <see cref="Page"/> lines from <paramref name="from"/> on, before <paramref name="size"/>; by number.</summary>
    public IReadOnlyList<PacketEntry> ReadEntries(long campaignId, long from, long size)
    {
        using var connection = database.Read();
        return [.. connection.Query<EntryRow>(SelectEntries, new { campaignId, from, to = Math.Min(from + Page, size), size }).Select(row => row.ToEntry())];
    }

    /// <summary>The signers of these entries that may still be shown, in the order asked for; those removed meanwhile are left out.</summary>
    public IReadOnlyList<PacketSigner> ReadSigners(long campaignId, IReadOnlyList<int> entries)
    {
        Dictionary<long, SignerRow> rows;
        using (var connection = database.Read()) rows = connection.Query<SignerRow>(SelectSigners, new { campaignId, entries }).ToDictionary(row => row.N);
        var signers = new List<PacketSigner>(entries.Count);
        foreach (var n in entries)
        {
            if (!rows.TryGetValue(n, out var row)) continue;
            var person = seal.OpenPerson(row.Id, row.Person);
            signers.Add(new(row.ToEntry(), person.Name, person.Locality));
        }
        return signers;
    }

    /// <summary>The recipient a packet was asked for; null when the campaign no longer names them, or no longer for all of the packet's countries.</summary>
    public Recipient? FindRecipient(Packet packet)
    {
        using var connection = database.Read();
        var recipient = connection.QuerySingleOrDefault<RecipientRow>(SelectRecipient, new { packet.CampaignId, key = packet.Recipient })?.ToRecipient();
        return recipient?.Countries is { } theirs && packet.Countries.Except(theirs).Any() ? null : recipient;
    }

    /// <summary>The compact JWS of a manifest, under the key that signs now.</summary>
    public string Sign(Manifest manifest)
    {
        var signing = database.Keys.CurrentSigning;
        using var key = signing.Open();
        return Jws.Sign(manifest.ToJson(), key, signing.Kid);
    }

    private class EntryRow
    {
        public required long N { get; init; }
        public required string Country { get; init; }
        public required string? TextHash { get; init; }
        public required long Removed { get; init; }
        public required string? Disclosure { get; init; }
        public required long? DisclosedAt { get; init; }
        public required long? ConfirmedAt { get; init; }

        public PacketEntry ToEntry() => new(
            N,
            Country,
            TextHash,
            Removed != 0,
            Disclosure is null ? null : Disclosures.Parse(Disclosure),
            DisclosedAt is { } at ? Instant.FromMilliseconds(at) : null,
            ConfirmedAt is { } confirmed ? Instant.FromMilliseconds(confirmed) : null);
    }

    private sealed class SignerRow : EntryRow
    {
        public required long Id { get; init; }
        public required byte[] Person { get; init; }
    }
}
