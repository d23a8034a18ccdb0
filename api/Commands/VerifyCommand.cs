using Campaigns.Crypto;
using Campaigns.Packets;

namespace Campaigns.Api.Commands;

/// <summary>
/// <c>verify PACKET.zip [--keys FILE] [--ledger FILE]</c>: checks a packet on any machine, without
/// database, worker or network. Prints a line for each check. Keys come only from the given file,
/// never from the packet.
/// </summary>
internal static class VerifyCommand
{
    private const int False = 1;
    private const int Unchecked = 2;

    /// <summary>
    /// Returns 0 when everything was checked and is true, 1 when something is false, 2 when
    /// something could not be checked.
    /// </summary>
    public static int Run(string packet, string? keyFile, string? ledgerFile, TextWriter output)
    {
        try
        {
            var keys = keyFile is null ? null : ReadKeys(keyFile, output);
            using var zip = new FileStream(packet, FileMode.Open, FileAccess.Read);
            var checks = PacketVerification.Check(
                PacketZip.Read(zip, keys, ledgerFile is null ? null : File.ReadLines(ledgerFile))
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
