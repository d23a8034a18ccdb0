using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Writes consents: one row per purpose and moment. A withdrawn consent keeps its row with the time
/// of withdrawal.
/// </summary>
internal static class Consents
{
    public const string Sign = "sign";
    public const string Disclose = "disclose";
    public const string Updates = "updates";

    private const string Insert = """
        INSERT INTO consents (campaign_id, signature_id, purpose, given_at,
                              text_hash, privacy_version, locale, disclosure)
        VALUES (@campaignId, @signatureId, @purpose, @now, @textHash, @privacyVersion, @locale, @disclosure)
        ON CONFLICT (campaign_id, signature_id, purpose, given_at)
        DO UPDATE SET withdrawn_at = NULL, disclosure = excluded.disclosure
        """;

    private const string Delete = """
        DELETE FROM consents {batch} WHERE campaign_id = @campaignId AND signature_id = @signatureId
        RETURNING signature_id
        """;

    private const string End = """
        UPDATE consents SET withdrawn_at = @now
        WHERE campaign_id = @campaignId AND signature_id = @signatureId AND purpose = @purpose AND withdrawn_at IS NULL
        """;

    public static void Add(
        WriteTransaction write,
        long campaignId,
        long signatureId,
        string purpose,
        string textHash,
        string privacyVersion,
        string locale,
        Disclosure? disclosure = null
    ) =>
        write
            .Prepare(Insert)
            .Set("@campaignId", campaignId)
            .Set("@signatureId", signatureId)
            .Set("@purpose", purpose)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@textHash", textHash)
            .Set("@privacyVersion", privacyVersion)
            .Set("@locale", locale)
            .Set("@disclosure", disclosure?.Text())
            .Defer();

    public static void Withdraw(WriteTransaction write, long campaignId, long signatureId, string purpose) =>
        write.Connection.Execute(
            End,
            new
            {
                campaignId,
                signatureId,
                purpose,
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );

    public static void Remove(WriteTransaction write, long campaignId, long signatureId) =>
        Remove(write, [(campaignId, signatureId)]);

    /// <summary>
    /// Removes the consents of several signatures. Deferred statements run first, so that consents
    /// added after this call stay.
    /// </summary>
    public static void Remove(WriteTransaction write, IReadOnlyList<(long CampaignId, long SignatureId)> signatures) =>
        write.ReadEach(
            Delete,
            signatures,
            static (statement, one) =>
                statement.Set("@campaignId", one.CampaignId).Set("@signatureId", one.SignatureId),
            row => row.Long(0)
        );
}
