using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>
/// Shows that two processes have the same database: both know the check value of its first key,
/// which never changes and is published nowhere.
/// </summary>
public sealed class InstallationIdentity(InspectedDatabase database)
{
    private byte[]? _secret;

    /// <summary>The answer to a challenge, in hex.</summary>
    public string Answer(string challenge) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(Secret(), Encoding.UTF8.GetBytes("campaign-identity-v1 " + challenge))
        );

    private byte[] Secret()
    {
        if (_secret is { } known)
            return known;
        using var connection = database.Read();
        return _secret = connection.QuerySingle<byte[]>(
            "SELECT check_value FROM key_checks WHERE kind = 'token' ORDER BY version LIMIT 1"
        );
    }
}
