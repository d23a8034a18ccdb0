using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Campaigns.Crypto;

/// <summary>
/// Compact JSON Web Signatures (RFC 7515) with ES256 only (P-256, SHA-256, r and s concatenated). A
/// single algorithm rules out algorithm-confusion attacks.
/// </summary>
public static class Jws
{
    public const string Algorithm = "ES256";

    public static string Sign(ReadOnlySpan<byte> payload, ECDsa key, string kid)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["alg"] = Algorithm, ["kid"] = kid }
        );
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        var signature = key.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>
    /// Returns the payload if a key of the set signed exactly these bytes, otherwise null.
    /// </summary>
    public static byte[]? Verify(string jws, JwkSet keys)
    {
        var parts = jws.Split('.');
        if (
            parts.Length != 3
            || Decode(parts[0]) is not { } header
            || Decode(parts[1]) is not { } payload
            || Decode(parts[2]) is not { } signature
        )
            return null;
        if (KeyId(header) is not { } kid || keys.Find(kid) is not { } parameters)
            return null;
        using var key = ECDsa.Create(parameters);
        var input = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        return key.VerifyData(
            input,
            signature,
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        )
            ? payload
            : null;
    }

    /// <summary>
    /// Returns the payload without verifying the signature, or null if the text is not a JWS.
    /// </summary>
    public static byte[]? UnverifiedPayload(string jws) =>
        jws.Split('.') is [_, var payload, _] ? Decode(payload) : null;

    private static string? KeyId(byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            var json = document.RootElement;
            // "crit" names extensions that the verifier must support; this one supports none.
            return json.GetProperty("alg").ValueEquals(Algorithm) && !json.TryGetProperty("crit", out _)
                ? json.GetProperty("kid").GetString()
                : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Accepts only the canonical encoding. The decoder tolerates padding and white space, so
    /// several texts would be the same signature.
    /// </summary>
    private static byte[]? Decode(string part)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            return Base64Url.EncodeToString(bytes) == part ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
