using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Campaigns;

/// <summary>
/// The public keys heads and manifests are signed with, as a JSON Web Key set (RFC 7517). Keys of
/// any other kind are passed over.
/// </summary>
public sealed class JwkSet
{
    private readonly List<(string Kid, ECParameters Parameters)> _keys = [];

    public int Count => _keys.Count;

    /// <summary>Adds the public half of a P-256 key under its thumbprint.</summary>
    public JwkSet Add(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        _keys.Add((Thumbprint(parameters), parameters));
        return this;
    }

    public ECParameters? Find(string kid)
    {
        foreach (var key in _keys)
            if (key.Kid == kid)
                return key.Parameters;
        return null;
    }

    /// <summary>
    /// RFC 7638: SHA-256 of the required members in their one canonical form. What <c>kid</c> is
    /// here.
    /// </summary>
    public static string Thumbprint(ECParameters key)
    {
        var members =
            $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(key.Q.X)}}","y":"{{Base64Url.EncodeToString(key.Q.Y)}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(members)));
    }

    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                keys = _keys.Select(key => new
                {
                    kty = "EC",
                    crv = "P-256",
                    x = Base64Url.EncodeToString(key.Parameters.Q.X),
                    y = Base64Url.EncodeToString(key.Parameters.Q.Y),
                    kid = key.Kid,
                    alg = Jws.Algorithm,
                    use = "sig",
                }),
            }
        );

    /// <summary>Null when this is no key set at all.</summary>
    public static JwkSet? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var set = new JwkSet();
            foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
                if (HasSupportedAlgorithm(key))
                    set._keys.Add(Read(key));
            return set;
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or CryptographicException
            )
        {
            return null;
        }
    }

    private static bool HasSupportedAlgorithm(JsonElement key) =>
        key.GetProperty("kty").ValueEquals("EC")
        && key.TryGetProperty("crv", out var curve)
        && curve.ValueEquals("P-256");

    private static (string Kid, ECParameters Parameters) Read(JsonElement key)
    {
        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()),
                Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()),
            },
        };
        // Throws for a point that is not on the curve.
        using (ECDsa.Create(parameters)) { }
        return (key.TryGetProperty("kid", out var kid) ? kid.GetString()! : Thumbprint(parameters), parameters);
    }
}
