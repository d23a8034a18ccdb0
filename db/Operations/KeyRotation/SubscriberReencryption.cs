using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Dapper;

namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>
/// Re-encrypts and re-indexes the addresses of subscribers, as <see cref="ReencryptionStore"/> does
/// signatures. An ended subscriber has no address, so that the index stays as it is.
/// </summary>
public sealed class SubscriberReencryption(Database database, KeyRing keys, SubscriberEncryption encryption)
{
    private const string Select = """
        SELECT id, campaign_id, address, blind_index, index_version FROM subscribers
        WHERE campaign_id = @campaignId AND id > @after AND address IS NOT NULL ORDER BY id LIMIT @Size
        """;

    private const string UpdateAddress =
        "UPDATE subscribers SET address = @Fresh WHERE campaign_id = @CampaignId AND id = @Id AND address = @Was";

    private const string UpdateIndex = """
        UPDATE subscribers SET blind_index = @Fresh, index_version = @Version
        WHERE campaign_id = @CampaignId AND id = @Id AND blind_index = @Was
        """;

    /// <summary>Processes the next page of a campaign's subscribers.</summary>
    public Task<ReencryptionPage> SubscribersAsync(long campaignId, long after, CancellationToken cancellationToken)
    {
        List<SubscriberRow> rows;
        using (var connection = database.Read())
            rows = connection
                .Query<SubscriberRow>(
                    Select,
                    new
                    {
                        campaignId,
                        after,
                        ReencryptionStore.Size,
                    }
                )
                .ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
            changes.TryRow(() => Renew(changes, row));
        return changes.ApplyAsync(
            database,
            rows.Count == ReencryptionStore.Size ? rows[^1].Id : null,
            cancellationToken
        );
    }

    private void Renew(ReencryptionBatch changes, SubscriberRow row)
    {
        const string Table = SubscriberEncryption.Table;
        changes.Reencrypt(UpdateAddress, Table, SubscriberEncryption.Column, row.CampaignId, row.Id, row.Address);
        if (row.IndexVersion >= keys.BlindIndex.Version)
            return;
        var index = encryption.Index(row.CampaignId, encryption.Decrypt(row.Id, row.Address));
        changes.Add(
            UpdateIndex,
            new ReencryptedValue(row.CampaignId, row.Id, row.BlindIndex, index.Index, index.Version)
        );
    }

    private sealed class SubscriberRow
    {
        public required long Id { get; init; }
        public required long CampaignId { get; init; }
        public required byte[] Address { get; init; }
        public required byte[] BlindIndex { get; init; }
        public required long IndexVersion { get; init; }
    }
}
