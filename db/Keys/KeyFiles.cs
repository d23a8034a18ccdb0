using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Db.Files;

namespace Campaigns.Db.Keys;

/// <summary>
/// The keys on disk: one file per kind and version, such as <c>root-1.key</c>, readable by the
/// owner only. Higher versions are newer. Older versions stay, to decrypt and verify older data.
/// </summary>
internal sealed class KeyFiles(string folder)
{
    public const string Root = "root";
    public const string Index = "index";
    public const string Token = "token";
    public const string Signing = "signing";
    public const string Unsubscribe = "unsubscribe";

    /// <summary>A version is one byte in every encrypted value and token.</summary>
    public const int HighestVersion = byte.MaxValue;

    private const int SymmetricLength = 32;

    public static readonly string[] Kinds = [Root, Index, Token, Signing, Unsubscribe];

    /// <summary>
    /// Creates version 1 of those of these kinds that have no file. Only for kinds that the
    /// database never had: of any other a missing key is a loss.
    /// </summary>
    public void CreateMissing(IEnumerable<string> kinds)
    {
        PrivateFiles.CreateFolder(folder);
        RefuseShared(folder, "folder", "700");
        foreach (var kind in kinds)
        {
            if (Versions(kind).Count == 0)
                Make(kind, 1);
        }
    }

    /// <summary>
    /// Creates a key and returns it once it is on disk. Returns an existing key unchanged, so that
    /// an interrupted rotation can be repeated.
    /// </summary>
    public byte[] Make(string kind, int version)
    {
        var path = PathOf(kind, version);
        if (File.Exists(path))
            return Read(path);
        var bytes = NewKey(kind);
        var unfinished = path + ".new";
        using (var file = PrivateFiles.Open(unfinished, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
        DirectoryFsync.Fsync(folder);
        return bytes;
    }

    /// <summary>The keys by version, newest last; empty if there are none.</summary>
    public SortedDictionary<int, byte[]> Versions(string kind)
    {
        var versions = new SortedDictionary<int, byte[]>();
        if (!Directory.Exists(folder))
            return versions;
        foreach (var path in Directory.EnumerateFiles(folder, $"{kind}-*.key"))
        {
            var version = Path.GetFileNameWithoutExtension(path)[(kind.Length + 1)..];
            if (byte.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                versions[number] = Read(path);
        }
        return versions;
    }

    /// <summary>Returns the bytes of one key, or null if there is no such file.</summary>
    public byte[]? Find(string kind, int version) =>
        PathOf(kind, version) is var path && File.Exists(path) ? Read(path) : null;

    private string PathOf(string kind, int version) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{version}.key"));

    private static byte[] NewKey(string kind)
    {
        if (kind != Signing)
            return RandomNumberGenerator.GetBytes(SymmetricLength);
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return signing.ExportPkcs8PrivateKey();
    }

    private byte[] Read(string path)
    {
        RefuseShared(folder, "folder", "700");
        RefuseShared(path, "file", "600");
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeysRefusedException(
                $"The key file {Path.GetFileName(path)} cannot be read: it must belong to the server's account."
            );
        }
        return bytes.Length >= SymmetricLength
            ? bytes
            : throw new KeysRefusedException($"The key file {Path.GetFileName(path)} is too short for a key.");
    }

    // Everything that the product encrypts is as safe as these files.
    private static void RefuseShared(string path, string what, string mode)
    {
        if (!PrivateFiles.IsPrivate(path))
            throw new KeysRefusedException(
                $"Other accounts of this machine reach the key {what} {path}. "
                    + $"Run: chmod {mode} '{path.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            );
    }
}
