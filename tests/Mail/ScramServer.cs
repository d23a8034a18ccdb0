using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Mail;

/// <summary>
/// The server side of SCRAM (RFC 5802, 7677), for a <see cref="ScriptedServer"/>.
/// </summary>
internal sealed class ScramServer(HashAlgorithmName hash, string user, string password)
{
    private const int Iterations = 4096;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private string _clientFirst = "";
    private string _serverFirst = "";
    private byte[] _saltedPassword = [];

    /// <summary>Changes the server's signature; tests replace it.</summary>
    public Func<string, string> Signature { get; init; } = signature => signature;

    /// <summary>
    /// The reply to a line of the sign-in, or null when the client does not know the password.
    /// </summary>
    public string? Answer(string line)
    {
        if (line.Length == 0)
            return "235 2.7.0 welcome";
        var message = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
        return message.StartsWith("n,,", StringComparison.Ordinal) ? First(message["n,,".Length..]) : Final(message);
    }

    private string? First(string message)
    {
        if (!message.StartsWith($"n={user},r=", StringComparison.Ordinal))
            return null;
        _clientFirst = message;
        var nonce = message.Split(",r=")[1] + "server";
        var salt = Convert.ToBase64String(_salt);
        _serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={nonce},s={salt},i={Iterations}");
        _saltedPassword = Rfc2898DeriveBytes.Pbkdf2(password, _salt, Iterations, hash, Hmac([], "").Length);
        return Challenge(_serverFirst);
    }

    private string? Final(string message)
    {
        var withoutProof = message[..message.LastIndexOf(",p=", StringComparison.Ordinal)];
        var signed = $"{_clientFirst},{_serverFirst},{withoutProof}";
        var clientKey = Hmac(_saltedPassword, "Client Key");
        var clientSignature = Hmac(CryptographicOperations.HashData(hash, clientKey), signed);
        var proof = clientSignature.Zip(clientKey, (left, right) => (byte)(left ^ right)).ToArray();
        if (message != $"{withoutProof},p={Convert.ToBase64String(proof)}")
            return null;
        var signature = Convert.ToBase64String(Hmac(Hmac(_saltedPassword, "Server Key"), signed));
        return Challenge($"v={Signature(signature)}");
    }

    private byte[] Hmac(byte[] key, string text) =>
        CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));

    private static string Challenge(string message) => $"334 {Convert.ToBase64String(Encoding.UTF8.GetBytes(message))}";
}
