using System.Data.Common;
using System.Runtime.CompilerServices;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>A signer to print, decrypted.</summary>
public sealed record DecryptedSigner(PacketSigner Signer, string? Name, string? Locality);

/// <summary>
/// Reads the entries and signers of a packet, <see cref="Page"/> rows per read transaction. The
/// campaign's counter of removals shows at publishing whether rows changed in between. Rows are
/// read column by column, because a mapper costs more than the read.
/// </summary>
public sealed class PacketReader(Database database, SignatureEncryption encryption)
{
    public const int Page = 1_000;

    private const string SignerColumns = "s.id, s.disclosure, s.disclosed_at, s.confirmed_at, s.country";

    // The database checks for nulls, so that the reader does not check every column of every row.
    internal const string HasSigner =
        "s.disclosure IS NOT NULL AND s.disclosed_at IS NOT NULL AND s.confirmed_at IS NOT NULL";

    /// <summary>
    /// Confirmed at the cut-off: added within the first @size lines and not removed within them.
    /// </summary>
    internal const string IsConfirmed =
        "e.n < @size AND e.kind = 'add' AND (e.removed_by IS NULL OR e.removed_by >= @size)";

    private const string SelectEntries = $"""
        SELECT {SignerColumns}, e.n, e.country, COALESCE(e.text_hash, ''), e.removed
        FROM ledger_entries e
        LEFT JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id AND {HasSigner}
        WHERE e.campaign_id = @campaignId AND e.n >= @from AND e.n < @to AND {IsConfirmed}
        ORDER BY e.n
        """;

    // The state is checked again, because a signer may be removed after the entries were read.
    private const string SelectSigners = $"""
        SELECT {SignerColumns}, s.person
        FROM signatures s
        WHERE s.campaign_id = @campaignId AND s.state = 'confirmed' AND s.person IS NOT NULL AND {HasSigner} AND s.id IN
        """;

    private const string SelectRecipient = """
        SELECT campaign_id, key, name, address, countries, risk, max_disclosure, added_at FROM recipients
        WHERE campaign_id = @CampaignId AND key = @key AND removed_at IS NULL
        """;

    /// <summary>
    /// The confirmed entries among <see cref="Page"/> lines from <paramref name="from"/> on, before
    /// <paramref name="size"/>, ordered by number.
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
                    row.GetInt64(5),
                    row.GetString(6),
                    row.GetString(7),
                    row.GetInt64(8) != 0,
                    row.IsDBNull(0) ? null : Signer(row)
                )
            );
        return entries;
    }

    /// <summary>
    /// The signers in the order of <paramref name="ids"/>; null for a signer who may no longer be
    /// shown.
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
            var decrypted = people.Decrypt(signer.Id, person);
            signers[places[signer.Id]] = new(signer, decrypted.Name, decrypted.Locality);
        }
        return signers;
    }

    /// <summary>
    /// The recipient of a packet; null if the campaign no longer has the recipient, or not for all
    /// of the packet's countries.
    /// </summary>
    public Recipient? FindRecipient(Packet packet)
    {
        using var connection = database.Read();
        var recipient = connection
            .QuerySingleOrDefault<RecipientRow>(SelectRecipient, new { packet.CampaignId, key = packet.Recipient })
            ?.ToRecipient();
        return recipient is not null && PacketRules.IsStillAllowed(recipient, packet.Countries) ? recipient : null;
    }

    // Decryption runs after this read, because an open read keeps SQLite from restarting the write-ahead log.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<(PacketSigner Signer, byte[] Person)> ReadEncrypted(long campaignId, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        // The ids are literals, because binding a thousand named parameters costs more than reading their rows.
        using var command = Command(
            connection,
            $"{SelectSigners} ({string.Join(',', ids)})",
            ("@campaignId", campaignId)
        );
        using var row = command.ExecuteReader();
        var signers = new List<(PacketSigner Signer, byte[] Person)>(ids.Count);
        while (row.Read())
            signers.Add((Signer(row), (byte[])row.GetValue(5)));
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
            Instant.FromMilliseconds(row.GetInt64(3)),
            row.GetString(4)
        );
}
