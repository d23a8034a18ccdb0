using System.Globalization;
using System.Security.Cryptography;

namespace Campaigns.Db.Keys;

/// <summary>
/// The keys do not belong to this database, or are not all there. The message names files and
/// versions, never key material.
/// </summary>
public sealed class KeysRefusedException(string message) : Exception(message);

/// <summary>
/// Keys on disk: one file a kind and version, <c>root-1.key</c>, owner-readable only. Higher
/// versions are newer; older ones stay to open and verify what they made.
/// </summary>
internal sealed class KeyFiles(string folder)
{
    public const string Root = "root";
    public const string Index = "index";
    public const string Token = "token";
    public const string Signing = "signing";

    /// <summary>A version is one byte of every sealed value and token.</summary>
    public const int HighestVersion = byte.MaxValue;

    private const int SymmetricLength = 32;

    public static readonly string[] Kinds = [Root, Index, Token, Signing];

    /// <summary>
    /// Makes version 1 of every kind that has no file. Only for an empty database: elsewhere a
    /// missing key is a loss, not a gap to fill.
    /// </summary>
    public void CreateMissing()
    {
        PrivateFiles.CreateFolder(folder);
        foreach (var kind in Kinds)
        {
            if (Versions(kind).Count == 0)
                Make(kind, 1);
        }
    }

    /// <summary>
    /// Makes a key and returns it once it is on disk, whole; one that is there already is returned
    /// as it is, so that an interrupted rotation can be done again.
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

    /// <summary>Key bytes by version, newest last; empty when there are none.</summary>
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

    /// <summary>The bytes of one key; null when there is no such file.</summary>
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

    private static byte[] Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeysRefusedException(
                $"The key file {Path.GetFileName(path)} cannot be read: it must belong to the account that serves."
            );
        }
        return bytes.Length >= SymmetricLength
            ? bytes
            : throw new KeysRefusedException($"The key file {Path.GetFileName(path)} is too short to be a key.");
    }
}
