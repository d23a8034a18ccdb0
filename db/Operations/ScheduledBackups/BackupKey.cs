using System.Security.Cryptography;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>
/// The key pair of an operator (RSA). The public half wraps the key of each backup (OAEP with
/// SHA-256, RFC 8017); only the private half unwraps it.
/// </summary>
public sealed class BackupKey : IDisposable
{
    private const int SmallestBits = 2048;

    private readonly RSA _rsa;

    private BackupKey(RSA rsa) => _rsa = rsa;

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo), in hex.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_rsa.ExportSubjectPublicKeyInfo()));

    /// <summary>
    /// What is wrong with a file that should have a public key; null if nothing is.
    /// </summary>
    public static string? FindProblem(string path)
    {
        string pem;
        try
        {
            pem = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "Backup:PublicKey cannot be read.";
        }
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return "Backup:PublicKey has a private key. Take that off this machine: "
                + "with it every backup can be decrypted.";
        try
        {
            using var key = FromPem(pem);
            return key._rsa.KeySize < SmallestBits ? "Backup:PublicKey must have at least 2048 bits." : null;
        }
        catch (BackupRefusedException)
        {
            return "Backup:PublicKey must name a PEM file with an RSA public key.";
        }
    }

    /// <summary>
    /// Throws <see cref="BackupRefusedException"/> for a file that has no such key.
    /// </summary>
    public static BackupKey Read(string path)
    {
        try
        {
            return FromPem(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException("The file of the key cannot be read.");
        }
    }

    public byte[] Wrap(byte[] key) => _rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);

    /// <summary>
    /// Throws <see cref="BackupRefusedException"/> when this is not the right key.
    /// </summary>
    public byte[] Unwrap(byte[] wrapped)
    {
        try
        {
            return _rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException)
        {
            throw new BackupRefusedException("The key does not decrypt this backup.");
        }
    }

    public void Dispose() => _rsa.Dispose();

    private static BackupKey FromPem(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new BackupKey(rsa);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new BackupRefusedException("The file of the key has no RSA key that can be read without a password.");
        }
    }
}
