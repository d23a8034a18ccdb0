using System.Security.Cryptography;
using System.Text;
using Campaigns.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class CommitmentTests
{
    [Fact]
    public void Text_hash_covers_slug_locale_version_title_and_demand()
    {
        var hash = TextHash.Compute("chechnya-2019", "en", 2, "Investigate", "We ask\nyou.");
        Assert.Equal(Hex("campaign-text-v1\nchechnya-2019\nen\n2\nInvestigate\nWe ask\nyou."), hash);
        string[] others =
        [
            TextHash.Compute("chechnya-2020", "en", 2, "Investigate", "We ask\nyou."),
            TextHash.Compute("chechnya-2019", "nl", 2, "Investigate", "We ask\nyou."),
            TextHash.Compute("chechnya-2019", "en", 3, "Investigate", "We ask\nyou."),
            TextHash.Compute("chechnya-2019", "en", 2, "Investigate!", "We ask\nyou."),
            TextHash.Compute("chechnya-2019", "en", 2, "Investigate", "We ask you."),
        ];
        Assert.DoesNotContain(hash, others);
    }

    [Fact]
    public void Text_hash_ignores_line_ends_and_composition() =>
        Assert.Equal(
            TextHash.Compute("s", "en", 1, "Zoë", "a\nb\nc"),
            TextHash.Compute("s", "en", 1, "Zoe\u0308", "a\r\nb\rc")
        );

    [Fact]
    public void Commitment_is_the_HMAC_of_the_contract()
    {
        var key = Commitment.NewKey();
        var expected = HMACSHA256.HashData(
            key,
            Encoding.UTF8.GetBytes("campaign-ledger-v1\nslug\nabc\nZZ\npéter@example.org")
        );
        Assert.Equal(expected, Commitment.Compute(key, "slug", "abc", "ZZ", "péter@example.org"));
        Assert.NotEqual(expected, Commitment.Compute(Commitment.NewKey(), "slug", "abc", "ZZ", "péter@example.org"));
        Assert.Throws<ArgumentException>(() =>
            Commitment.Compute(key.AsSpan(0, 31), "slug", "abc", "ZZ", "péter@example.org")
        );
    }

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
