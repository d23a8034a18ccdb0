using System.Globalization;
using System.Security.Cryptography;

namespace Campaigns.Db.Keys;

/// <summary>The keys do not belong to this database, or are not all there. The message names files and versions, never key material.</summary>
public sealed class KeysRefusedException(string message) : Exception(message);

/// <summary>
/// Keys on disk: one file a kind and version, <c>root-1.key</c>, owner-readable only. Higher versions are newer; older ones stay to open
/// and verify what they made.
/// </summary>
internal sealed class KeyFiles(string folder)
{
    public const string Root = "root";
    public const string Index = "index";
    public const string Token = "token";
    public const string Signing = "signing";

    private static readonly string[] _symmetric = [Root, Index, Token];

    /// <summary>Makes version 1 of every kind that has no file. Only for an empty database: elsewhere a missing key is a loss, not a gap to fill.</summary>
    public void CreateMissing()
    {
        OwnerOnly.CreateFolder(folder);
        foreach (var kind in _symmetric)
        {
            if (Versions(kind).Count == 0) Write($"{kind}-1.key", RandomNumberGenerator.GetBytes(32));
        }
        if (Versions(Signing).Count > 0) return;
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write($"{Signing}-1.key", signing.ExportPkcs8PrivateKey());
    }

    /// <summary>Key bytes by version, newest last; empty when there are none.</summary>
    public SortedDictionary<int, byte[]> Versions(string kind)
    {
        var versions = new SortedDictionary<int, byte[]>();
        if (!Directory.Exists(folder)) return versions;
        foreach (var path in Directory.EnumerateFiles(folder, $"{kind}-*.key"))
        {
            var version = Path.GetFileNameWithoutExtension(path)[(kind.Length + 1)..];
            if (byte.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) versions[number] = File.ReadAllBytes(path);
        }
        return versions;
    }

    private void Write(string name, byte[] bytes)
    {
        using var file = OwnerOnly.Open(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
