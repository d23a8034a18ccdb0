using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Packets;

namespace Campaigns.Api.Commands;

/// <summary>
/// <c>verify PACKET.zip [--keys FILE] [--ledger FILE] [--certificate FILE]</c>: checks a packet on
/// any machine, without database, worker or network. Prints a line for each check. Keys and
/// certificates are trusted only from the given files, never from the packet.
/// </summary>
internal static class VerifyCommand
{
    private const int False = 1;
    private const int Unchecked = 2;

    /// <summary>
    /// Returns 0 when everything was checked and is true, 1 when something is false, 2 when
    /// something could not be checked.
    /// </summary>
    public static int Run(
        string packet,
        string? keyFile,
        string? ledgerFile,
        string? certificateFile,
        TextWriter output
    )
    {
        try
        {
            var keys = keyFile is null ? null : ReadKeys(keyFile, output);
            using var certificate = certificateFile is null ? null : ReadCertificate(certificateFile, output);
            using var zip = new FileStream(packet, FileMode.Open, FileAccess.Read);
            var checks = PacketVerification.Check(
                PacketZip.Read(zip, keys, ledgerFile is null ? null : File.ReadLines(ledgerFile), certificate)
            );
            foreach (var check in checks)
                output.WriteLine($"{Mark(check.Result),-12} {check.Subject,-10} {check.Sentence}");
            return WriteVerdict(PacketVerification.ExitCode(checks), output);
        }
        catch (InvalidDataException error)
        {
            output.WriteLine($"This file is not a packet: {error.Message}");
            return WriteVerdict(False, output);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            output.WriteLine($"A file cannot be read: {error.Message}");
            return WriteVerdict(Unchecked, output);
        }
    }

    private static JwkSet? ReadKeys(string file, TextWriter output)
    {
        var keys = JwkSet.Parse(File.ReadAllBytes(file));
        if (keys is null)
            output.WriteLine("The key file is not a JSON Web Key set and is ignored.");
        return keys;
    }

    private static X509Certificate2? ReadCertificate(string file, TextWriter output)
    {
        var bytes = File.ReadAllBytes(file);
        try
        {
            return bytes.AsSpan().StartsWith("-----BEGIN"u8)
                ? X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(bytes))
                : X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException)
        {
            output.WriteLine("The certificate file has no certificate and is ignored.");
            return null;
        }
    }

    private static int WriteVerdict(int code, TextWriter output)
    {
        output.WriteLine(
            code switch
            {
                0 => "Everything was checked and is true.",
                False => "Something is FALSE. Do not trust this packet.",
                _ => "Nothing is false, but not everything could be checked.",
            }
        );
        return code;
    }

    private static string Mark(CheckResult result) =>
        result switch
        {
            CheckResult.True => "true",
            CheckResult.False => "FALSE",
            _ => "not checked",
        };
}
