using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Db.Staff;

/// <summary>
/// Secrets of 256 random bits: tokens, keys of sessions, invitations. Each is shown once. Only its
/// SHA-256 is stored, which is enough for a long random value.
/// </summary>
internal static class RandomToken
{
    private const int Length = 32;

    public static string Create(string prefix = "") =>
        prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
