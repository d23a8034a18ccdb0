using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Keys;

/// <summary>
/// All keys of the product, checked against their database. Another process may rotate a key at any
/// time. So the ring refreshes before every batch of writes, when the re-encryption job runs, and
/// when a value has an unknown key version. Objects that callers already have stay valid.
/// </summary>
public sealed class KeyRing
{
    private const string SelectChecks =
        "SELECT kind, version, check_value, created_at, retired_at FROM key_checks ORDER BY kind, version";

    private const string InsertCheck =
        "INSERT INTO key_checks (kind, version, check_value, created_at) VALUES (@kind, @version, @check, @now)";

    private readonly Lock _loading = new();
    private readonly Dialect _dialect;
    private readonly TimeSpan _oldTokensVerifyFor;
    private readonly TimeProvider _time;
    private volatile KeySet _keys;
    private volatile KeySetVersion? _unreadable;
    private long _askedForToken = -1_000;

    private KeyRing(
        KeyFiles files,
        DbConnection connection,
        Dialect dialect,
        TimeSpan oldTokensVerifyFor,
        TimeProvider time
    )
    {
        Files = files;
        _dialect = dialect;
        _oldTokensVerifyFor = oldTokensVerifyFor;
        _time = time;
        _keys = Load(connection);
    }

    public FieldEncryptor Encryptor => _keys.Encryptor;

    /// <summary>The version of the root key for encryption.</summary>
    public int RootVersion => _keys.Encryptor.Version;

    public BlindIndex BlindIndex => _keys.BlindIndex;

    public LinkTokens Tokens => _keys.Tokens;

    /// <summary>The links that unsubscribe, which have keys of their own.</summary>
    public LinkTokens UnsubscribeTokens => _keys.UnsubscribeTokens;

    /// <summary>
    /// The signing keys for heads and manifests, oldest first. The last one signs; all are
    /// published.
    /// </summary>
    public IReadOnlyList<SigningKey> Signing => _keys.Signing;

    public SigningKey CurrentSigning => Signing[^1];

    internal KeyFiles Files { get; }

    /// <summary>
    /// Loads the keys of a database. An empty database gets missing keys and stores a check value
    /// of each. Any other database must find the keys of its check values, or
    /// <see cref="KeysRefusedException"/> names what is missing or wrong. The caller must have the
    /// write lock.
    /// </summary>
    internal static KeyRing Open(
        string folder,
        DbConnection connection,
        Dialect dialect,
        TimeSpan oldTokensVerifyFor,
        TimeProvider time
    )
    {
        var files = new KeyFiles(folder);
        CreateMissing(files, folder, connection);
        var unknown = Check(folder, connection);
        if (unknown.Count > 0)
        {
            // Lock as a rotation does: a concurrent batch would look addresses up under the old key only. Check again,
            // because the wait may have been for a rotation.
            dialect.AcquireExclusiveBatchLock(connection);
            unknown = Check(folder, connection);
        }
        foreach (var (kind, version, key) in unknown)
            Remember(connection, kind, version, key, time.UtcNow());
        return new KeyRing(files, connection, dialect, oldTokensVerifyFor, time);
    }

    // An empty database has no kind of key yet; one of an older version lacks the kinds that are new since.
    private static void CreateMissing(KeyFiles files, string folder, DbConnection connection)
    {
        var known = connection.Query<string>("SELECT DISTINCT kind FROM key_checks").ToHashSet(StringComparer.Ordinal);
        var missing = KeyFiles.Kinds.Where(kind => !known.Contains(kind)).ToList();
        if (missing.Count == 0)
            return;
        if (known.Count > 0)
            Check(folder, connection);
        files.CreateMissing(missing);
    }

    /// <summary>
    /// Checks the key files against the database's check values. <see cref="KeysRefusedException"/>
    /// names a missing or wrong key. Files of retired keys may be missing. Returns the keys without
    /// a check value.
    /// </summary>
    internal static IReadOnlyList<(string Kind, int Version, byte[] Key)> Check(string folder, DbConnection connection)
    {
        var files = new KeyFiles(folder);
        var remembered = connection.Query<CheckRow>(SelectChecks).ToList();
        foreach (var row in remembered.Where(row => row.RetiredAt is null))
            Get(files, row);
        return
        [
            .. KeyFiles
                .Kinds.SelectMany(kind =>
                    files.Versions(kind).Select(pair => (Kind: kind, Version: pair.Key, Key: pair.Value))
                )
                .Where(key => !remembered.Any(row => row.Kind == key.Kind && row.Version == key.Version)),
        ];
    }

    /// <summary>
    /// Stores the check value of a new key. Every process uses the key once this is committed.
    /// </summary>
    internal static void Remember(DbConnection connection, string kind, int version, byte[] key, DateTimeOffset now) =>
        connection.Execute(
            InsertCheck,
            new
            {
                kind,
                version,
                check = CheckValue(key),
                now = now.ToUnixTimeMilliseconds(),
            }
        );

    /// <summary>
    /// Loads keys that were made or retired since the last load. Throws
    /// <see cref="KeysRefusedException"/> when one cannot be read, and keeps the loaded keys.
    /// </summary>
    public void Refresh()
    {
        using var connection = _dialect.OpenForReading();
        Refresh(connection);
    }

    /// <summary>
    /// The key set that this ring has loaded. A batch is refused if its database has another one.
    /// </summary>
    internal KeySetVersion State =>
        _unreadable is { } unreadable && unreadable.Changes > _keys.State.Changes ? unreadable : _keys.State;

    /// <summary>
    /// Refreshes after a batch found that keys were made or retired, because it must use the newest
    /// keys. If this process is the only server, it keeps the loaded keys when a new key cannot be
    /// read, and <see cref="Refresh()"/> reports that key. If other processes write too, they
    /// already use that key for lookups, so nothing may be written.
    /// </summary>
    /// <exception cref="KeysRefusedException">A key cannot be read, and other processes write under
    /// it.</exception>
    internal void RefreshForWrites()
    {
        using var connection = _dialect.OpenForReading();
        try
        {
            Refresh(connection, allowOlder: true);
        }
        catch (KeysRefusedException) when (_dialect.CacheLifetime is null)
        {
            _unreadable = connection.QuerySingle<KeySetVersion>(KeySetVersion.Select);
        }
    }

    /// <param name="connection">The connection to read from.</param>
    /// <param name="allowOlder">Accepts an older key set, because after a failover the new primary
    /// may lack the latest keys.</param>
    private void Refresh(DbConnection connection, bool allowOlder = false)
    {
        if (connection.QuerySingle<KeySetVersion>(KeySetVersion.Select) == _keys.State)
            return;
        lock (_loading)
        {
            var loaded = Load(connection);
            // A concurrent refresh may have loaded newer keys; do not replace them with older ones.
            if (allowOlder || loaded.State.Changes > _keys.State.Changes)
                _keys = loaded;
        }
    }

    private byte[]? FindRoot(byte version) => TryRefresh() ? _keys.Encryptor.FindRoot(version) : null;

    // Links are untrusted and may have any version, so the database is asked at most once a second.
    private byte[]? FindToken(string kind, byte version)
    {
        var now = Environment.TickCount64;
        var asked = Interlocked.Read(ref _askedForToken);
        if (
            now - asked < 1_000
            || Interlocked.CompareExchange(ref _askedForToken, now, asked) != asked
            || !TryRefresh()
        )
            return null;
        return _keys.TokenKeys[kind].GetValueOrDefault(version);
    }

    // The re-encryption job reports an unreadable key; here the value just cannot be decrypted.
    private bool TryRefresh()
    {
        try
        {
            Refresh();
            return true;
        }
        catch (KeysRefusedException)
        {
            return false;
        }
    }

    private KeySet Load(DbConnection connection)
    {
        var rows = connection.Query<CheckRow>(SelectChecks).ToList();
        var keys = KeyFiles.Kinds.ToDictionary(
            kind => kind,
            kind => new SortedDictionary<int, byte[]>(
                rows.Where(row => row.Kind == kind && row.RetiredAt is null)
                    .ToDictionary(row => (int)row.Version, row => Get(Files, row))
            )
        );
        var tokenKeys = rows.Where(row => row.Kind == KeyFiles.Token).ToList();
        var endsAt = tokenKeys
            .Zip(tokenKeys.Skip(1))
            .ToDictionary(pair => (int)pair.First.Version, pair => pair.Second.CreatedAt + _oldTokensVerifyFor);
        return new KeySet(
            new KeySetVersion(
                rows.Count + rows.Count(row => row.RetiredAt is not null),
                rows.Min(row => row.CreatedAt).ToUnixTimeMilliseconds()
            ),
            new FieldEncryptor(keys[KeyFiles.Root], FindRoot),
            new BlindIndex(keys[KeyFiles.Index]),
            new LinkTokens(keys[KeyFiles.Token], endsAt, version => FindToken(KeyFiles.Token, version), _time),
            // These links work until their key is retired.
            new LinkTokens(
                keys[KeyFiles.Unsubscribe],
                new Dictionary<int, DateTimeOffset>(),
                version => FindToken(KeyFiles.Unsubscribe, version),
                _time
            ),
            keys,
            [
                .. rows.Where(row => row.Kind == KeyFiles.Signing && row.RetiredAt is null)
                    .Select(row => SigningKey.FromPkcs8(keys[row.Kind][(int)row.Version], row.CreatedAt)),
            ]
        );
    }

    private static byte[] Get(KeyFiles files, CheckRow row)
    {
        var key = files.Find(row.Kind, (int)row.Version)
            ?? throw new KeysRefusedException(
                $"The key file {row.Kind}-{row.Version}.key of this database is missing."
            );
        return CryptographicOperations.FixedTimeEquals(CheckValue(key), row.CheckValue)
            ? key
            : throw new KeysRefusedException(
                $"The key file {row.Kind}-{row.Version}.key does not belong to this database."
            );
    }

    // A one-way value, usable only for this comparison.
    private static byte[] CheckValue(byte[] key) => HMACSHA256.HashData(key, "campaign-key-check-v1"u8);

    private sealed record KeySet(
        KeySetVersion State,
        FieldEncryptor Encryptor,
        BlindIndex BlindIndex,
        LinkTokens Tokens,
        LinkTokens UnsubscribeTokens,
        IReadOnlyDictionary<string, SortedDictionary<int, byte[]>> TokenKeys,
        IReadOnlyList<SigningKey> Signing
    );

    private sealed class CheckRow
    {
        public required string Kind { get; init; }
        public required long Version { get; init; }
        public required byte[] CheckValue { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset? RetiredAt { get; init; }
    }
}
