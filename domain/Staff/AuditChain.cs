using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Staff;

/// <summary>
/// The chain over the audit trail of an installation: the hash of each link covers the link before
/// and the hash of its line (docs/ledger-and-packet.md). Hashes and salts are lower-case hex.
/// </summary>
public static class AuditChain
{
    private const int SaltBytes = 16;

    private const string LinePrefix = "campaign-audit-line-v1\n";
    private const string LinkPrefix = "campaign-audit-link-v1\n";

    /// <summary>What the first link has in place of the hash of a link before it.</summary>
    public static string Start { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>
    /// The hash of a line. The salt is deleted with the line, so that the hash which stays tells
    /// nothing.
    /// </summary>
    public static string HashLine(string salt, AuditLine line)
    {
        var text = new StringBuilder(LinePrefix).Append(salt).Append('\n');
        Append(text, Number(line.Id));
        Append(text, Number(line.At));
        Append(text, line.StaffId is { } staff ? Number(staff) : null);
        Append(text, line.Action);
        Append(text, line.Campaign);
        Append(text, line.Subject);
        Append(text, line.Detail);
        return Hash(text.ToString());
    }

    /// <summary>
    /// The hash of a link that follows the one with the hash <paramref name="previous"/>.
    /// </summary>
    public static string HashLink(string previous, AuditLink link) =>
        Hash(
            $"{LinkPrefix}{previous}\n{Number(link.N)}\n{Number(link.Day)}\n"
                + $"{(link.IsSignIn ? "sign-in" : "act")}\n{link.LineHash}\n"
        );

    public static string NewSalt() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>The link of a line.</summary>
    public static AuditLink Link(long n, string salt, AuditLine line) =>
        new()
        {
            N = n,
            Day = line.At / (long)TimeSpan.FromDays(1).TotalMilliseconds,
            IsSignIn = AuditRetention.SignIns.Contains(line.Action),
            LineHash = HashLine(salt, line),
        };

    // The length before each text keeps two fields apart. The migration to PostgreSQL replaces U+0000, which must not
    // look like a changed line.
    private static void Append(StringBuilder text, string? field)
    {
        if (field is null)
        {
            text.Append("-\n");
            return;
        }
        var stored = field.Replace('\0', '\uFFFD');
        text.Append(Number(Encoding.UTF8.GetByteCount(stored))).Append(':').Append(stored).Append('\n');
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
