using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>
/// Re-encrypts and re-indexes rows under the newest keys, <see cref="Size"/> at a time. Values are
/// decrypted and encrypted outside the write, which replaces a value only if it is unchanged. A
/// value changed in between is already encrypted under the newest key.
/// </summary>
public sealed class ReencryptionStore(Database database, KeyRing keys, SignatureEncryption encryption)
{
    /// <summary>
    /// The page size. It is small, because signers wait behind each page on the single writer.
    /// </summary>
    public const int Size = 200;

    private const string IsOlder = """
        retired_at IS NULL AND resealed_at IS NULL
        AND ((kind = 'root' AND version < @root) OR (kind = 'index' AND version < @index))
        """;

    private const string CountOlder = $"SELECT count(*) FROM key_checks WHERE {IsOlder}";

    private const string Finish = $"UPDATE key_checks SET resealed_at = @now WHERE {IsOlder}";

    private const string SelectSignatures = """
        SELECT id, campaign_id, contact, person, ledger_key, blind_index, undo_index, index_version
        FROM signatures
        WHERE campaign_id = @campaignId AND id > @after
        ORDER BY id LIMIT @Size
        """;

    private const string UpdateContact =
        "UPDATE signatures SET contact = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND contact = @Was";

    private const string UpdatePerson =
        "UPDATE signatures SET person = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND person = @Was";

    private const string UpdateLedgerKey =
        "UPDATE signatures SET ledger_key = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND ledger_key = @Was";

    private const string UpdateIndex = """
        UPDATE signatures SET blind_index = @Fresh, folded_index = @Folded, index_version = @Version
        WHERE campaign_id = @CampaignId AND id = @Id AND blind_index = @Was
        """;

    private const string UpdateUndoIndex = """
        UPDATE signatures SET undo_index = @Fresh, folded_index = @Folded, index_version = @Version
        WHERE campaign_id = @CampaignId AND id = @Id AND undo_index = @Was
        """;

    // The address is known here, so its suppression gets the new index too, because letters look it up under the
    // signature's index. Another signature of the same person may have a suppression under the new index already: the
    // later end applies.
    private const string UpdateSuppression = """
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until,
                                  may_retry, retried_at, mailbox_id)
        SELECT id, campaign_id, @Fresh, @Version, reason, created_at, until, may_retry, retried_at, mailbox_id
        FROM suppressions
        WHERE campaign_id = @CampaignId AND blind_index = @Was
        ON CONFLICT (campaign_id, blind_index) DO UPDATE SET until =
            CASE WHEN excluded.until > suppressions.until THEN excluded.until ELSE suppressions.until END
        """;

    private const string DropSuppression =
        "DELETE FROM suppressions WHERE campaign_id = @CampaignId AND blind_index = @Was";

    private const string SelectPackets =
        "SELECT id, campaign_id, line_key, file_key FROM packets WHERE id > @after ORDER BY id LIMIT @Size";

    private const string UpdateLineKey =
        "UPDATE packets SET line_key = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND line_key = @Was";

    private const string UpdateFileKey =
        "UPDATE packets SET file_key = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND file_key = @Was";

    private const string SelectNetworkKeys = "SELECT day, sealed_key FROM network_keys";

    private const string UpdateNetworkKey =
        "UPDATE network_keys SET sealed_key = @Fresh WHERE day = @Day AND sealed_key = @Was";

    /// <summary>
    /// True when a root or index key is newer than some rows may be. It does not read the rows.
    /// </summary>
    public bool IsDue()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(CountOlder, Newest()) > 0;
    }

    /// <summary>
    /// Records that a complete pass, begun when these keys were the newest, found nothing older.
    /// </summary>
    public Task FinishAsync(int root, int index, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    Finish,
                    new
                    {
                        root,
                        index,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    }
                ),
            cancellationToken
        );

    /// <summary>
    /// Processes the next page of a campaign's signatures: their encrypted columns and their blind
    /// index.
    /// </summary>
    public async Task<ReencryptionPage> SignaturesAsync(
        long campaignId,
        long after,
        CancellationToken cancellationToken
    )
    {
        List<SignatureRow> rows;
        using (var connection = database.Read())
            rows = connection
                .Query<SignatureRow>(
                    SelectSignatures,
                    new
                    {
                        campaignId,
                        after,
                        Size,
                    }
                )
                .ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        var index = keys.BlindIndex;
        foreach (var row in rows)
        {
            changes.TryRow(() =>
            {
                changes.Reencrypt(UpdateContact, "signatures", "contact", row.CampaignId, row.Id, row.Contact);
                changes.Reencrypt(UpdatePerson, "signatures", "person", row.CampaignId, row.Id, row.Person);
                changes.Reencrypt(UpdateLedgerKey, "signatures", "ledger_key", row.CampaignId, row.Id, row.LedgerKey);
                if ((row.BlindIndex ?? row.UndoIndex) is not { } stored || row.IndexVersion >= index.Version)
                    return;
                var email = encryption.DecryptContact(row.Id, row.Contact!).Normalised;
                var folded = AddressFolding.Fold(email);
                var change = new ReencryptedValue(
                    row.CampaignId,
                    row.Id,
                    stored,
                    index.Compute(row.CampaignId, email),
                    index.Version,
                    folded == email ? null : index.ComputeFolded(row.CampaignId, folded)
                );
                changes.Add(row.BlindIndex is null ? UpdateUndoIndex : UpdateIndex, change);
                changes.Add(UpdateSuppression, change);
                changes.Add(DropSuppression, change);
            });
        }
        return await changes.ApplyAsync(database, rows.Count == Size ? rows[^1].Id : null, cancellationToken);
    }

    /// <summary>Processes the next page of packets: their line keys and file keys.</summary>
    public async Task<ReencryptionPage> PacketsAsync(long after, CancellationToken cancellationToken)
    {
        List<PacketRow> rows;
        using (var connection = database.Read())
            rows = connection.Query<PacketRow>(SelectPackets, new { after, Size }).ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
        {
            changes.TryRow(() =>
            {
                changes.Reencrypt(UpdateLineKey, "packets", "line_key", row.CampaignId, row.Id, row.LineKey);
                changes.Reencrypt(UpdateFileKey, "packets", "file_key", row.CampaignId, row.Id, row.FileKey);
            });
        }
        return await changes.ApplyAsync(database, rows.Count == Size ? rows[^1].Id : null, cancellationToken);
    }

    /// <summary>Processes the network keys of today and yesterday.</summary>
    public async Task<ReencryptionPage> NetworkKeysAsync(CancellationToken cancellationToken)
    {
        List<NetworkRow> rows;
        using (var connection = database.Read())
            rows = connection.Query<NetworkRow>(SelectNetworkKeys).ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
            changes.TryRow(() =>
                changes.Reencrypt(
                    UpdateNetworkKey,
                    "network_keys",
                    "sealed_key",
                    0,
                    NetworkRequestCounter.NumberOf(row.Day),
                    row.SealedKey,
                    row.Day
                )
            );
        return await changes.ApplyAsync(database, null, cancellationToken);
    }

    private object Newest() => new { root = keys.Encryptor.Version, index = keys.BlindIndex.Version };

    private sealed class SignatureRow
    {
        public required long Id { get; init; }
        public required long CampaignId { get; init; }
        public required byte[]? Contact { get; init; }
        public required byte[]? Person { get; init; }
        public required byte[]? LedgerKey { get; init; }
        public required byte[]? BlindIndex { get; init; }
        public required byte[]? UndoIndex { get; init; }
        public required long? IndexVersion { get; init; }
    }

    private sealed class PacketRow
    {
        public required long Id { get; init; }
        public required long CampaignId { get; init; }
        public required byte[] LineKey { get; init; }
        public required byte[]? FileKey { get; init; }
    }

    private sealed class NetworkRow
    {
        public required string Day { get; init; }
        public required byte[] SealedKey { get; init; }
    }
}
