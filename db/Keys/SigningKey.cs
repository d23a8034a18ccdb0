using System.Security.Cryptography;
using Campaigns.Crypto;

namespace Campaigns.Db.Keys;

/// <summary>An ES256 key with its RFC 7638 thumbprint as <c>kid</c>. Thread-safe.</summary>
public sealed class SigningKey
{
    private readonly byte[] _pkcs8;

    private SigningKey(byte[] pkcs8, string kid, DateTimeOffset createdAt)
    {
        _pkcs8 = pkcs8;
        Kid = kid;
        CreatedAt = createdAt;
    }

    public string Kid { get; }

    /// <summary>When the key was made, or first found.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>
    /// Returns a key object that the caller must dispose of, because ECDsa does not guarantee
    /// thread safety.
    /// </summary>
    public ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_pkcs8, out _);
        return key;
    }

    /// <summary>The compact JWS of these bytes.</summary>
    public string Sign(byte[] payload)
    {
        using var key = Open();
        return Jws.Sign(payload, key, Kid);
    }

    internal static SigningKey FromPkcs8(byte[] pkcs8, DateTimeOffset createdAt)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new SigningKey(
            pkcs8,
            JwkSet.Thumbprint(key.ExportParameters(includePrivateParameters: false)),
            createdAt
        );
    }
}
