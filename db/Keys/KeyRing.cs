using System.Data.Common;
using System.Security.Cryptography;
using Dapper;

namespace Campaigns.Db.Keys;

/// <summary>
/// Every key the product holds, checked against the database it belongs to. Another process may
/// rotate a key at any time: the ring follows before every batch of writes, when the re-sealing job
/// ticks, and when a value turns up that was sealed under a version it does not know. What a caller
/// took from it before stays good.
/// </summary>
public sealed class KeyRing
{
    private const string SelectChecks =
        "SELECT kind, version, check_value, created_at, retired_at FROM key_checks ORDER BY kind, version";

    private const string Note =
        "INSERT INTO key_checks (kind, version, check_value, created_at) VALUES (@kind, @version, @check, @now)";

    private readonly Lock _loading = new();
    private readonly Dialect _dialect;
    private readonly TimeSpan _oldTokensVerifyFor;
    private readonly TimeProvider _time;
    private volatile Loaded _keys;
    private volatile KeySetVersion? _refused;
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

    /// <summary>The version of the root key that seals.</summary>
    public int RootVersion => _keys.Encryptor.Version;

    public BlindIndex BlindIndex => _keys.BlindIndex;

    public LinkTokens Tokens => _keys.Tokens;

    /// <summary>
    /// Keys for heads and manifests, oldest first: the last one signs, all are published.
    /// </summary>
    public IReadOnlyList<SigningKey> Signing => _keys.Signing;

    public SigningKey CurrentSigning => Signing[^1];

    internal KeyFiles Files { get; }

    /// <summary>
    /// Opens the keys of a database. An empty database gets new keys where there are none and
    /// remembers a check value of each; any other must find the keys it remembers, or
    /// <see cref="KeysRefusedException"/> names what is missing or wrong. The caller holds the
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
        if (connection.QuerySingle<long>("SELECT count(*) FROM key_checks") == 0)
            files.CreateMissing();
        var unknown = Check(folder, connection);
        if (unknown.Count > 0)
        {
            // As a rotation does: a batch beside this would look addresses up under the old key alone. It may be a
            // rotation that was waited for.
            dialect.AcquireExclusiveBatchLock(connection);
            unknown = Check(folder, connection);
        }
        foreach (var (kind, version, key) in unknown)
            Remember(connection, kind, version, key, time.UtcNow());
        return new KeyRing(files, connection, dialect, oldTokensVerifyFor, time);
    }

    /// <summary>
    /// Holds the key files against what a database remembers of its keys;
    /// <see cref="KeysRefusedException"/> names a missing or wrong one. Retired keys may be gone.
    /// Returns the keys the database does not know yet.
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

    /// <summary>Notes a new key: from the commit on every process takes it up.</summary>
    internal static void Remember(DbConnection connection, string kind, int version, byte[] key, DateTimeOffset now) =>
        connection.Execute(
            Note,
            new
            {
                kind,
                version,
                check = CheckValue(key),
                now = now.ToUnixTimeMilliseconds(),
            }
        );

    /// <summary>
    /// Takes up keys that were made or retired since; throws <see cref="KeysRefusedException"/>
    /// when one cannot be read, and goes on with what it has.
    /// </summary>
    public void Refresh()
    {
        using var connection = _dialect.OpenForReading();
        Refresh(connection);
    }

    /// <summary>
    /// What the ring has followed; a batch whose database says otherwise is not written.
    /// </summary>
    internal KeySetVersion State =>
        _refused is { } refused && refused.Changes > _keys.State.Changes ? refused : _keys.State;

    /// <summary>
    /// For the writer, when a batch found that keys were made or retired: what is written is sealed
    /// and indexed under the newest keys the database knows. Where this process alone serves, a key
    /// that cannot be read stops nobody from signing, and <see cref="Refresh()"/> complains of it.
    /// Where others write too they look addresses up under it: nothing may be written.
    /// </summary>
    /// <exception cref="KeysRefusedException">A key cannot be read, and others write under
    /// it.</exception>
    internal void RefreshForWrites()
    {
        using var connection = _dialect.OpenForReading();
        try
        {
            Refresh(connection, alsoBack: true);
        }
        catch (KeysRefusedException) when (_dialect.CacheLifetime is null)
        {
            _refused = connection.QuerySingle<KeySetVersion>(KeySetVersion.Select);
        }
    }

    /// <param name="connection">What is read.</param>
    /// <param name="alsoBack">A standby that has not all may have taken over: what it knows is what
    /// counts.</param>
    private void Refresh(DbConnection connection, bool alsoBack = false)
    {
        if (connection.QuerySingle<KeySetVersion>(KeySetVersion.Select) == _keys.State)
            return;
        lock (_loading)
        {
            var loaded = Load(connection);
            // A connection that read a moment earlier than another must not turn the ring back.
            if (alsoBack || loaded.State.Changes > _keys.State.Changes)
                _keys = loaded;
        }
    }

    private byte[]? FindRoot(byte version) => TryRefresh() ? _keys.Encryptor.FindRoot(version) : null;

    // Anybody can write a version on a link: the database is asked about such once a second.
    private byte[]? FindToken(byte version)
    {
        var now = Environment.TickCount64;
        var asked = Interlocked.Read(ref _askedForToken);
        if (
            now - asked < 1_000
            || Interlocked.CompareExchange(ref _askedForToken, now, asked) != asked
            || !TryRefresh()
        )
            return null;
        return _keys.TokenKeys.GetValueOrDefault(version);
    }

    // What cannot be read the job complains of; here a value just does not open.
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

    private Loaded Load(DbConnection connection)
    {
        var rows = connection.Query<CheckRow>(SelectChecks).ToList();
        var keys = KeyFiles.Kinds.ToDictionary(
            kind => kind,
            kind => new SortedDictionary<int, byte[]>(
                rows.Where(row => row.Kind == kind && row.RetiredAt is null)
                    .ToDictionary(row => (int)row.Version, row => Get(Files, row))
            )
        );
        var made = rows.Where(row => row.Kind == KeyFiles.Token).ToList();
        var endsAt = made.Zip(made.Skip(1))
            .ToDictionary(
                pair => (int)pair.First.Version,
                pair => Instant.FromMilliseconds(pair.Second.CreatedAt) + _oldTokensVerifyFor
            );
        return new Loaded(
            new KeySetVersion(
                rows.Count + rows.Count(row => row.RetiredAt is not null),
                rows.Min(row => row.CreatedAt)
            ),
            new FieldEncryptor(keys[KeyFiles.Root], FindRoot),
            new BlindIndex(keys[KeyFiles.Index]),
            new LinkTokens(keys[KeyFiles.Token], endsAt, FindToken, _time),
            keys[KeyFiles.Token],
            [.. keys[KeyFiles.Signing].Values.Select(SigningKey.FromPkcs8)]
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

    // One-way, and of no use for anything but this comparison.
    private static byte[] CheckValue(byte[] key) => HMACSHA256.HashData(key, "campaign-key-check-v1"u8);

    private sealed record Loaded(
        KeySetVersion State,
        FieldEncryptor Encryptor,
        BlindIndex BlindIndex,
        LinkTokens Tokens,
        IReadOnlyDictionary<int, byte[]> TokenKeys,
        IReadOnlyList<SigningKey> Signing
    );

    private sealed class CheckRow
    {
        public required string Kind { get; init; }
        public required long Version { get; init; }
        public required byte[] CheckValue { get; init; }
        public required long CreatedAt { get; init; }
        public required long? RetiredAt { get; init; }
    }
}
