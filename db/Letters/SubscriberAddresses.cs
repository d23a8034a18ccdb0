using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Letters;

/// <summary>The addresses of subscribers as letters to them need them.</summary>
internal sealed class SubscriberAddresses(SubscriberEncryption encryption, KeyRing keys, TimeProvider time, ILogger log)
{
    private const string SelectSuppressed =
        "SELECT blind_index FROM suppressions WHERE campaign_id = @campaignId AND until > @now";

    /// <summary>Null if no key decrypts the address, which is logged.</summary>
    public EmailAddress? Decrypt(long letterId, long subscriberId, byte[] address)
    {
        try
        {
            return encryption.Decrypt(subscriberId, address);
        }
        catch (CryptographicException)
        {
            log.LogError(LetterStore.LetterDamaged, "No key decrypts the address of letter {Letter}", letterId);
            return null;
        }
    }

    /// <summary>
    /// Those of these addresses that get no letters of their campaign, in one look for a campaign.
    /// The address decides, because no row leads from a subscriber to a suppression.
    /// </summary>
    public HashSet<(long CampaignId, string Normalised)> FindSuppressed(
        DbConnection connection,
        IEnumerable<(long CampaignId, string Normalised)> addresses
    )
    {
        var suppressed = new HashSet<(long CampaignId, string Normalised)>();
        foreach (var campaign in addresses.Distinct().GroupBy(one => one.CampaignId, one => one.Normalised))
        {
            var emails = new HashList<string>(new { campaignId = campaign.Key, now = time.UtcNow() });
            foreach (var normalised in campaign)
                foreach (var hash in keys.BlindIndex.Candidates(campaign.Key, normalised))
                    emails.Add(hash, normalised);
            var sql = $"{SelectSuppressed} AND blind_index IN {emails.Sql}";
            foreach (var hash in connection.Query<byte[]>(sql, emails.Parameters))
                suppressed.Add((campaign.Key, emails[hash]));
        }
        return suppressed;
    }
}
