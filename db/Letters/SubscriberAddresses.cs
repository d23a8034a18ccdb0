using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Letters;

/// <summary>The addresses of subscribers as letters to them need them.</summary>
internal sealed class SubscriberAddresses(SubscriberEncryption encryption, KeyRing keys, TimeProvider time, ILogger log)
{
    private const string CountSuppressed = """
        SELECT count(*) FROM suppressions WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now
        """;

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
    /// True if the address gets no letters of the campaign. The address decides, because no row
    /// leads from a subscriber to a suppression.
    /// </summary>
    public bool IsSuppressed(DbConnection connection, long campaignId, string normalised) =>
        keys
            .BlindIndex.Candidates(campaignId, normalised)
            .Any(index =>
                connection.QuerySingle<long>(
                    CountSuppressed,
                    new
                    {
                        campaignId,
                        index,
                        now = time.UtcNow(),
                    }
                ) > 0
            );
}
