using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Campaigns.Crypto;

/// <summary>
/// The public keys that verify heads and manifests, as a JSON Web Key set (RFC 7517). Keys of other
/// kinds are skipped.
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
    /// The RFC 7638 thumbprint: SHA-256 of the required members in canonical form. It is used as
    /// <c>kid</c>.
    /// </summary>
    public static string Thumbprint(ECParameters key)
    {
        var (x, y) = (Base64Url.EncodeToString(key.Q.X), Base64Url.EncodeToString(key.Q.Y));
        var members = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
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

    /// <summary>
    /// Returns null when the text is not a key set. Some programs save a file with a byte order
    /// mark, which is ignored.
    /// </summary>
    public static JwkSet? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text);
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
