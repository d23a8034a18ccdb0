using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns;

public static class TextHash
{
    /// <summary>
    /// The hash of a petition text, which each signature refers to; one per locale and version. It
    /// is the hex SHA-256 of <c>campaign-text-v1\n slug \n locale \n version \n title \n demand</c>
    /// in UTF-8, NFC, with LF line ends (ledger-and-packet.md).
    /// </summary>
    public static string Compute(string slug, string locale, int version, string title, string demand)
    {
        var number = version.ToString(CultureInfo.InvariantCulture);
        var message = $"campaign-text-v1\n{slug}\n{locale}\n{number}\n{Canonical(title)}\n{Canonical(demand)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)));
    }

    /// <summary>
    /// The hash of a sentence that a person agreed to: the hex SHA-256 of
    /// <c>campaign-wording-v1\n sentence</c>, in the same form.
    /// </summary>
    public static string ComputeWording(string sentence) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"campaign-wording-v1\n{Canonical(sentence)}"))
        );

    private static string Canonical(string text) =>
        text.Normalize(NormalizationForm.FormC).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
