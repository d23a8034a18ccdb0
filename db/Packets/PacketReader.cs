using System.Data.Common;
using System.Runtime.CompilerServices;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>One confirmed entry of the first N, as a packet must count it.</summary>
/// <param name="N">Its number in the ledger.</param>
/// <param name="Country">Listed, or <c>ZZ</c>.</param>
/// <param name="TextHash">What was signed; <see cref="ManifestText.Unknown"/> when the signature
/// was lost in a restore.</param>
/// <param name="Removed">Taken back after the cut-off.</param>
/// <param name="Signer">Null once nothing links the entry to a signer.</param>
public sealed record PacketEntry(long N, string Country, string TextHash, bool Removed, PacketSigner? Signer);

/// <summary>Who confirmed, and what may be shown of them.</summary>
/// <param name="Id">The signature's.</param>
/// <param name="Disclosure">The signer's choice.</param>
/// <param name="DisclosedAt">When it was made.</param>
/// <param name="ConfirmedAt">When the signature was confirmed.</param>
public readonly record struct PacketSigner(
    long Id,
    Disclosure Disclosure,
    DateTimeOffset DisclosedAt,
    DateTimeOffset ConfirmedAt
);

/// <summary>A signer to print, opened.</summary>
public sealed record DecryptedSigner(PacketSigner Signer, string? Name, string? Locality);

/// <summary>
/// Reads what a packet is made of, <see cref="Page"/> rows at a time and never in a transaction
/// that outlives a page. What moves meanwhile is told by the campaign's counter of removals when
/// the packet is published. Rows are read column by column: there are many, and a mapper costs more
/// than they do.
/// </summary>
public sealed class PacketReader(Database database, SignatureEncryption encryption)
{
    public const int Page = 1_000;

    private const string SignerColumns = "s.id, s.disclosure, s.disclosed_at, s.confirmed_at";

    // Asked of the database once, instead of every column of every row.
    private const string HasSigner =
        "s.disclosure IS NOT NULL AND s.disclosed_at IS NOT NULL AND s.confirmed_at IS NOT NULL";

    // Confirmed at the cut-off: added within the first N lines and not taken back within them.
    private const string SelectEntries = $"""
        SELECT {SignerColumns}, e.n, e.country, COALESCE(e.text_hash, ''), e.removed
        FROM ledger_entries e LEFT JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id AND {HasSigner}
        WHERE e.campaign_id = @campaignId AND e.n >= @from AND e.n < @to AND e.kind = 'add' AND (e.removed_by IS NULL OR e.removed_by >= @size)
        ORDER BY e.n
        """;

    // Not by way of the ledger again: whoever is removed meanwhile is no longer confirmed.
    private const string SelectSigners = $"""
        SELECT {SignerColumns}, s.person
        FROM signatures s
        WHERE s.campaign_id = @campaignId AND s.state = 'confirmed' AND s.person IS NOT NULL AND {HasSigner} AND s.id IN
        """;

    private const string SelectRecipient = """
        SELECT campaign_id, key, name, address, countries, risk, max_disclosure, added_at FROM recipients WHERE campaign_id = @CampaignId AND key = @key AND removed_at IS NULL
        """;

    /// <summary>
    /// Confirmed entries among <see cref="Page"/> lines from <paramref name="from"/> on, before
    /// <paramref name="size"/>; by number.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public IReadOnlyList<PacketEntry> ReadEntries(long campaignId, long from, long size)
    {
        using var connection = database.Read();
        using var command = Command(
            connection,
            SelectEntries,
            ("@campaignId", campaignId),
            ("@from", from),
            ("@to", Math.Min(from + Page, size)),
            ("@size", size)
        );
        using var row = command.ExecuteReader();
        var entries = new List<PacketEntry>(Page);
        while (row.Read())
            entries.Add(
                new(
                    row.GetInt64(4),
                    row.GetString(5),
                    row.GetString(6),
                    row.GetInt64(7) != 0,
                    row.IsDBNull(0) ? null : Signer(row)
                )
            );
        return entries;
    }

    /// <summary>
    /// These signers, each at its own place; null stands for one who may no longer be shown.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public IReadOnlyList<DecryptedSigner?> ReadSigners(long campaignId, IReadOnlyList<long> ids)
    {
        var places = new Dictionary<long, int>(ids.Count);
        for (var i = 0; i < ids.Count; i++)
            places.Add(ids[i], i);
        var signers = new DecryptedSigner?[ids.Count];
        using var people = encryption.People();
        foreach (var (signer, person) in ReadEncrypted(campaignId, ids))
        {
            var opened = people.Decrypt(signer.Id, person);
            signers[places[signer.Id]] = new(signer, opened.Name, opened.Locality);
        }
        return signers;
    }

    /// <summary>
    /// The recipient a packet was asked for; null when the campaign no longer names them, or no
    /// longer for all of the packet's countries.
    /// </summary>
    public Recipient? FindRecipient(Packet packet)
    {
        using var connection = database.Read();
        var recipient = connection
            .QuerySingleOrDefault<RecipientRow>(SelectRecipient, new { packet.CampaignId, key = packet.Recipient })
            ?.ToRecipient();
        return recipient?.Countries is { } theirs && packet.Countries.Except(theirs).Any() ? null : recipient;
    }

    /// <summary>The compact JWS of a manifest, under the key that signs now.</summary>
    public string Sign(Manifest manifest)
    {
        var signing = database.Keys.CurrentSigning;
        using var key = signing.Open();
        return Jws.Sign(manifest.ToJson(), key, signing.Kid);
    }

    // Opened afterwards: a reading under way keeps the write-ahead log from beginning anew.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<(PacketSigner Signer, byte[] Person)> ReadEncrypted(long campaignId, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        // The ids are written into the statement: a thousand named parameters cost more to bind than their rows to
        // read.
        using var command = Command(
            connection,
            $"{SelectSigners} ({string.Join(',', ids)})",
            ("@campaignId", campaignId)
        );
        using var row = command.ExecuteReader();
        var signers = new List<(PacketSigner Signer, byte[] Person)>(ids.Count);
        while (row.Read())
            signers.Add((Signer(row), (byte[])row.GetValue(4)));
        return signers;
    }

    private static DbCommand Command(
        DbConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, long Value)> parameters
    )
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static PacketSigner Signer(DbDataReader row) =>
        new(
            row.GetInt64(0),
            Disclosures.Parse(row.GetString(1)),
            Instant.FromMilliseconds(row.GetInt64(2)),
            Instant.FromMilliseconds(row.GetInt64(3))
        );
}
