using System.Data.Common;
using Campaigns.Db.Staff;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Keys;

/// <summary>A key as an operator sees it: never its bytes.</summary>
/// <param name="Kind">One of <see cref="KeyStore.Kinds"/>.</param>
/// <param name="Version">Higher is newer; the newest seals, indexes, writes or signs.</param>
/// <param name="CreatedAt">When it was made, or first seen.</param>
/// <param name="RetiredAt">From when on the database does without it; null while it is
/// needed.</param>
/// <param name="VerifiesUntil">Replaced token keys: until when their links work.</param>
/// <param name="Rows">Root and index keys: rows sealed or indexed under it.</param>
/// <param name="Suppressions">Index keys: addresses without further mail that only this key
/// finds.</param>
public sealed record KeyVersion(
    string Kind,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? VerifiesUntil,
    long? Rows,
    long? Suppressions
);

/// <summary>
/// What came of a wish about keys: the version it was about, or a line that says why not.
/// </summary>
public sealed record KeyChange(int Version, string? Refused = null);

/// <summary>
/// Makes new versions of keys and lets go of old ones, also beside a running server, which follows
/// by itself.
/// </summary>
public sealed class KeyStore(Database database, TimeProvider time, IOptions<KeysOptions> options)
{
    public static readonly IReadOnlyList<string> Kinds = KeyFiles.Kinds;

    private const string SelectAll =
        "SELECT kind, version, created_at, resealed_at, retired_at FROM key_checks ORDER BY kind, version";

    private const string CountSealed = """
        SELECT (SELECT count(*) FROM signatures WHERE substr(contact, 1, 1) = @root OR substr(person, 1, 1) = @root OR substr(ledger_key, 1, 1) = @root)
             + (SELECT count(*) FROM packets WHERE substr(line_key, 1, 1) = @root OR substr(file_key, 1, 1) = @root)
             + (SELECT count(*) FROM network_keys WHERE substr(sealed_key, 1, 1) = @root)
        """;

    private const string CountIndexed = "SELECT count(*) FROM signatures WHERE index_version = @version";

    private const string CountSuppressed =
        "SELECT count(*) FROM suppressions WHERE index_version <= @version AND until > @now";

    private const string LastSuppressed =
        "SELECT max(until) FROM suppressions WHERE index_version <= @version AND until > @now";

    private const string MarkRetired =
        "UPDATE key_checks SET retired_at = @now WHERE kind = @kind AND version = @version AND retired_at IS NULL";

    /// <summary>
    /// Every version that ever was, by kind. Counts rows, so it takes a while on a large database.
    /// </summary>
    public IReadOnlyList<KeyVersion> List()
    {
        using var connection = database.Read();
        var now = time.UtcNow().ToUnixTimeMilliseconds();
        var rows = connection.Query<KeyRow>(SelectAll).ToList();
        return
        [
            .. rows.Select(row => new KeyVersion(
                row.Kind,
                (int)row.Version,
                Instant.FromMilliseconds(row.CreatedAt),
                row.RetiredAt is { } at ? Instant.FromMilliseconds(at) : null,
                VerifiesUntil(row, rows),
                row.Kind switch
                {
                    KeyFiles.Root => connection.QuerySingle<long>(
                        CountSealed,
                        new { root = new[] { (byte)row.Version } }
                    ),
                    KeyFiles.Index => connection.QuerySingle<long>(CountIndexed, new { version = row.Version }),
                    _ => null,
                },
                row.Kind == KeyFiles.Index
                    ? connection.QuerySingle<long>(CountSuppressed, new { version = row.Version, now })
                        - connection.QuerySingle<long>(CountSuppressed, new { version = row.Version - 1, now })
                    : null
            )),
        ];
    }

    /// <summary>
    /// Makes the next version of a key, first on disk, then known to the database. An index key is
    /// refused while rows or suppressions still need the one before the current: an address is
    /// looked up under at most two. That one is retired here.
    /// </summary>
    public Task<KeyChange> RotateAsync(string kind, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            // A batch beside this one would look addresses up under the old key alone.
            write.LockExclusively();
            var rows = write.Connection.Query<KeyRow>(SelectAll).Where(row => row.Kind == kind).ToList();
            var version = (int)rows[^1].Version + 1;
            if (version > KeyFiles.HighestVersion)
                return new KeyChange(version, "There are 255 versions of this key already, which is as many as fit.");
            if (kind == KeyFiles.Index)
            {
                foreach (var old in rows.SkipLast(1).Where(row => row.RetiredAt is null))
                {
                    if (StillFinds(write.Connection, old, write.Now) is { } why)
                        return new KeyChange((int)old.Version, why);
                    write.Connection.Execute(
                        MarkRetired,
                        new
                        {
                            kind,
                            version = old.Version,
                            now = write.Now.ToUnixTimeMilliseconds(),
                        }
                    );
                }
            }
            KeyRing.Remember(write.Connection, kind, version, database.Keys.Files.Make(kind, version), write.Now);
            actor.Audit(write, "keys.rotate", subject: $"{kind}-{version}");
            return new KeyChange(version);
        });

    /// <summary>
    /// Lets go of an old key, so that its file may be removed. Refused while anything needs it. The
    /// file stays: backups made before still need it. Retired keys stay retired, so a second time
    /// changes nothing.
    /// </summary>
    public Task<KeyChange> RetireAsync(string kind, int version, Actor actor)
    {
        // CountedSignatures before the write, because people wait behind it. Nothing is sealed under a replaced key any
        // more, so the count cannot grow.
        var sealedRows = 0L;
        if (kind == KeyFiles.Root)
        {
            using var connection = database.Read();
            sealedRows = connection.QuerySingle<long>(CountSealed, new { root = new[] { (byte)version } });
        }
        return database.Writes.RunAsync(write =>
        {
            var rows = write.Connection.Query<KeyRow>(SelectAll).Where(row => row.Kind == kind).ToList();
            if (rows.FirstOrDefault(row => row.Version == version) is not { } row)
                return new KeyChange(version, "There is no such key.");
            if (row.RetiredAt is not null)
                return new KeyChange(version);
            if (kind == KeyFiles.Signing)
                return new KeyChange(version, "Signing keys are not retired: what they signed must stay checkable.");
            if (row == rows[^1])
                return new KeyChange(version, "This is the newest key of its kind; rotate first.");
            if (kind == KeyFiles.Root && (row.ResealedAt is null || sealedRows > 0))
                return new KeyChange(
                    version,
                    $"Rows may still be sealed under it ({sealedRows} counted); the running server re-seals them. Try again later."
                );
            if (kind == KeyFiles.Index && StillFinds(write.Connection, row, write.Now) is { } why)
                return new KeyChange(version, why);
            if (kind == KeyFiles.Token && VerifiesUntil(row, rows) is { } until && until > write.Now)
                return new KeyChange(version, $"Links made with it work until {Instant.Text(until)}.");
            write.Connection.Execute(
                MarkRetired,
                new
                {
                    kind,
                    version,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "keys.retire", subject: $"{kind}-{version}");
            return new KeyChange(version);
        });
    }

    private static string? StillFinds(DbConnection connection, KeyRow index, DateTimeOffset now)
    {
        if (index.ResealedAt is null)
            return $"Rows may still be found only through index-{index.Version}; the running server re-indexes them. Try again later.";
        var last = connection.QuerySingle<long?>(
            LastSuppressed,
            new { version = index.Version, now = now.ToUnixTimeMilliseconds() }
        );
        return last is null
            ? null
            : $"Addresses that get no more mail are found only through index-{index.Version} until {Instant.Text(Instant.FromMilliseconds(last.Value))}.";
    }

    private DateTimeOffset? VerifiesUntil(KeyRow row, List<KeyRow> rows) =>
        row.Kind == KeyFiles.Token
        && rows.FirstOrDefault(other => other.Kind == row.Kind && other.Version > row.Version) is { } next
            ? Instant.FromMilliseconds(next.CreatedAt) + options.Value.OldTokensVerifyFor
            : null;

    private sealed class KeyRow
    {
        public required string Kind { get; init; }
        public required long Version { get; init; }
        public required long CreatedAt { get; init; }
        public required long? ResealedAt { get; init; }
        public required long? RetiredAt { get; init; }
    }
}
