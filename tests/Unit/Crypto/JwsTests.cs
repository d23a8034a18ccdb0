using System.Security.Cryptography;
using System.Text;
using Campaigns.Crypto;

namespace Campaigns.Tests.Unit.Crypto;

public sealed class JwsTests : IDisposable
{
    private static readonly byte[] _payload = Encoding.UTF8.GetBytes("""{"size":0}""");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Signature_verifies_with_the_published_keys()
    {
        var jws = Jws.Sign(_payload, _key, Kid(_key));
        var published = JwkSet.Parse(new JwkSet().Add(_other).Add(_key).ToJson())!;
        Assert.Equal(2, published.Count);
        Assert.Equal(_payload, Jws.Verify(jws, published));
        Assert.Equal(_payload, Jws.UnverifiedPayload(jws));
    }

    [Fact]
    public void Malformed_signature_is_refused()
    {
        var keys = new JwkSet().Add(_key);
        var jws = Jws.Sign(_payload, _key, Kid(_key));
        var parts = jws.Split('.');

        Assert.Null(Jws.Verify(jws, new JwkSet().Add(_other)));
        Assert.Null(Jws.Verify(Jws.Sign(_payload, _other, Kid(_key)), keys));
        Assert.Null(Jws.Verify($"{parts[0]}.{Text("""{"size":1}""")}.{parts[2]}", keys));
        Assert.Null(Jws.Verify($"{parts[0]}.{parts[1]}.", keys));
        Assert.Null(Jws.Verify($"{parts[0]}.{parts[1]}.{parts[2]}=", keys));
        Assert.Null(Jws.Verify($"{parts[0]}.{parts[1]}. {parts[2]}", keys));
        Assert.Null(Jws.Verify($"{parts[0]}.{parts[1]}", keys));
        Assert.Null(Jws.Verify("", keys));
        Assert.Null(Jws.Verify($"{Text("""{"alg":"none"}""")}.{parts[1]}.", keys));
        Assert.Null(Jws.Verify($"{Text("[]")}.{parts[1]}.{parts[2]}", keys));
    }

    [Fact]
    public void Other_algorithms_and_unknown_extensions_are_refused()
    {
        foreach (
            var header in new[]
            {
                $$"""{"alg":"HS256","kid":"{{Kid(_key)}}"}""",
                $$"""{"alg":"ES256","kid":"{{Kid(_key)}}","crit":["b64"]}""",
            }
        )
        {
            var input = $"{Text(header)}.{Text("""{"size":0}""")}";
            var signature = _key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
            Assert.Null(Jws.Verify($"{input}.{Text(signature)}", new JwkSet().Add(_key)));
        }
    }

    [Fact]
    public void Key_id_is_the_RFC_7638_thumbprint()
    {
        // RFC 9449 (DPoP), section 6.1: the key of its examples and its thumbprint.
        var key = JwkSet.Parse(
            Encoding.UTF8.GetBytes(
                """
                {"keys":[{"kty":"EC","crv":"P-256",
                "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
                "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}]}
                """
            )
        )!;
        Assert.NotNull(key.Find("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256"}]}""")]
    public void Malformed_key_set_parses_to_null(string text) =>
        Assert.Null(JwkSet.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Byte_order_mark_before_the_keys_is_ignored() =>
        Assert.Equal(1, JwkSet.Parse((byte[])[.. "\uFEFF"u8, .. new JwkSet().Add(_key).ToJson()])!.Count);

    [Fact]
    public void Keys_of_other_kinds_are_skipped() =>
        Assert.Equal(
            0,
            JwkSet
                .Parse(
                    Encoding.UTF8.GetBytes(
                        """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-384","x":"","y":""}]}"""
                    )
                )!
                .Count
        );

    private static string Kid(ECDsa key) => JwkSet.Thumbprint(key.ExportParameters(false));

    private static string Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
