using System.Data.Common;
using System.Security.Cryptography;
using Dapper;

namespace Campaigns.Db.Keys;

/// <summary>Every key the product holds, opened once at start and checked against the database it belongs to.</summary>
public sealed class KeyRing
{
    private KeyRing(KeyFiles files)
    {
        Sealer = new Sealer(files.Versions(KeyFiles.Root));
        BlindIndex = new BlindIndex(files.Versions(KeyFiles.Index));
        Tokens = new Tokens(files.Versions(KeyFiles.Token));
        Signing = [.. files.Versions(KeyFiles.Signing).Select(pair => SigningKey.FromPkcs8(pair.Value))];
    }

    public Sealer Sealer { get; }

    public BlindIndex BlindIndex { get; }

    public Tokens Tokens { get; }

    /// <summary>Keys for heads and manifests, oldest first: the last one signs, all are published.</summary>
    public IReadOnlyList<SigningKey> Signing { get; }

    public SigningKey CurrentSigning => Signing[^1];

    /// <summary>
    /// Opens the keys of a database. An empty database gets new keys where there are none and remembers a check value of each; any other
    /// must find the keys it remembers, or <see cref="KeysRefusedException"/> names what is missing or wrong. The caller holds the write lock.
    /// </summary>
    public static KeyRing Open(string folder, DbConnection connection)
    {
        var files = new KeyFiles(folder);
        if (connection.QuerySingle<long>("SELECT count(*) FROM key_checks") == 0) files.CreateMissing();
        foreach (var (kind, version, check) in Check(folder, connection))
            connection.Execute("INSERT INTO key_checks (kind, version, check_value) VALUES (@kind, @version, @check)", new { kind, version, check });
        return new KeyRing(files);
    }

    /// <summary>
    /// Holds the key files against what a database remembers of its keys; <see cref="KeysRefusedException"/> names a missing or wrong one.
    /// Returns the check values of keys the database does not know yet.
    /// </summary>
    internal static IReadOnlyList<(string Kind, int Version, byte[] Check)> Check(string folder, DbConnection connection)
    {
        var files = new KeyFiles(folder);
        var remembered = connection.Query<CheckRow>("SELECT kind, version, check_value FROM key_checks").ToList();
        string[] kinds = [KeyFiles.Root, KeyFiles.Index, KeyFiles.Token, KeyFiles.Signing];
        var found = kinds.SelectMany(kind => files.Versions(kind).Select(pair => (Kind: kind, Version: pair.Key, Check: CheckValue(pair.Value)))).ToList();
        foreach (var row in remembered)
        {
            var match = found.FirstOrDefault(key => key.Kind == row.Kind && key.Version == row.Version);
            if (match.Check is null) throw new KeysRefusedException($"The key file {row.Kind}-{row.Version}.key of this database is missing.");
            if (!CryptographicOperations.FixedTimeEquals(match.Check, row.CheckValue))
                throw new KeysRefusedException($"The key file {row.Kind}-{row.Version}.key does not belong to this database.");
        }
        return [.. found.Where(key => !remembered.Any(row => row.Kind == key.Kind && row.Version == key.Version))];
    }

    // One-way, and of no use for anything but this comparison.
    private static byte[] CheckValue(byte[] key) => HMACSHA256.HashData(key, "campaign-key-check-v1"u8);

    private sealed class CheckRow
    {
        public required string Kind { get; init; }
        public required long Version { get; init; }
        public required byte[] CheckValue { get; init; }
    }
}
