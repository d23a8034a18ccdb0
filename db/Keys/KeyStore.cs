using System.Data.Common;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Subscribers;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Keys;

/// <summary>
/// Rotates and retires keys, also beside a running server, which loads the change itself.
/// </summary>
public sealed class KeyStore(
    Database database,
    TimeProvider time,
    IOptions<KeysOptions> options,
    IOptions<SubscriberOptions> subscribers
)
{
    public static readonly IReadOnlyList<string> Kinds = KeyFiles.Kinds;

    private const string SelectAll =
        "SELECT kind, version, created_at, resealed_at, retired_at FROM key_checks ORDER BY kind, version";

    private const string CountEncrypted = """
        SELECT (
            SELECT count(*) FROM signatures
            WHERE substr(contact, 1, 1) = @root OR substr(person, 1, 1) = @root OR substr(ledger_key, 1, 1) = @root)
        + (SELECT count(*) FROM packets WHERE substr(line_key, 1, 1) = @root OR substr(file_key, 1, 1) = @root)
        + (SELECT count(*) FROM network_keys WHERE substr(sealed_key, 1, 1) = @root)
        + (
            SELECT count(*) FROM staff_accounts
            WHERE substr(address, 1, 1) = @root OR substr(pending_address, 1, 1) = @root
                OR substr(authenticator, 1, 1) = @root)
        + (
            SELECT count(*) FROM handovers
            WHERE substr(place, 1, 1) = @root OR substr(delegation, 1, 1) = @root OR substr(note, 1, 1) = @root)
        + (
            SELECT count(*) FROM handover_attempts
            WHERE substr(place, 1, 1) = @root OR substr(carried_by, 1, 1) = @root
                OR substr(reference, 1, 1) = @root OR substr(note, 1, 1) = @root)
        + (SELECT count(*) FROM handover_evidence WHERE substr(file_key, 1, 1) = @root)
        + (SELECT count(*) FROM staff_letters WHERE substr(address, 1, 1) = @root OR substr(token, 1, 1) = @root)
        + (SELECT count(*) FROM subscribers WHERE substr(address, 1, 1) = @root)
        """;

    private const string CountIndexed = """
        SELECT (SELECT count(*) FROM signatures WHERE index_version = @version)
        + (SELECT count(*) FROM staff_accounts WHERE index_version = @version)
        + (SELECT count(*) FROM subscribers WHERE index_version = @version AND address IS NOT NULL)
        """;

    private const string CountSuppressed = """
        SELECT (SELECT count(*) FROM suppressions WHERE index_version <= @version AND until > @now)
        + (SELECT count(*) FROM refused_mailboxes WHERE index_version <= @version AND ends_at > @now)
        """;

    private const string LastSuppressed = """
        SELECT max(until) FROM (
            SELECT until FROM suppressions WHERE index_version <= @version AND until > @now
            UNION ALL SELECT ends_at FROM refused_mailboxes WHERE index_version <= @version AND ends_at > @now) AS ends
        """;

    private const string MarkRetired =
        "UPDATE key_checks SET retired_at = @now WHERE kind = @kind AND version = @version AND retired_at IS NULL";

    /// <summary>Returns every version ever made, by kind, without counting what needs it.</summary>
    public IReadOnlyList<KeyVersion> List()
    {
        using var connection = database.Read();
        var rows = connection.Query<KeyRow>(SelectAll).ToList();
        return
        [
            .. rows.Select(row => new KeyVersion(
                row.Kind,
                (int)row.Version,
                row.CreatedAt,
                row.RetiredAt,
                row.ResealedAt,
                VerifiesUntil(row, rows),
                null,
                null
            )),
        ];
    }

    /// <summary>
    /// The same with the rows and suppressions that need each key: slow on a large database.
    /// </summary>
    public IReadOnlyList<KeyVersion> ListWithUses()
    {
        using var connection = database.Read();
        var now = time.UtcNow().ToUnixTimeMilliseconds();
        return
        [
            .. List()
                .Select(key =>
                    key with
                    {
                        Rows = key.Kind switch
                        {
                            KeyFiles.Root => connection.QuerySingle<long>(
                                CountEncrypted,
                                new { root = new[] { (byte)key.Version } }
                            ),
                            KeyFiles.Index => connection.QuerySingle<long>(
                                CountIndexed,
                                new { version = (long)key.Version }
                            ),
                            _ => null,
                        },
                        Suppressions =
                            key.Kind == KeyFiles.Index
                                ? connection.QuerySingle<long>(CountSuppressed, new { version = key.Version, now })
                                    - connection.QuerySingle<long>(
                                        CountSuppressed,
                                        new { version = key.Version - 1, now }
                                    )
                                : null,
                    }
                ),
        ];
    }

    /// <summary>
    /// Makes the next version of a key: first on disk, then in the database. Refuses a new index
    /// key while rows or suppressions still need the version before the current one, because
    /// lookups use at most two. Otherwise it retires that version.
    /// </summary>
    public Task<KeyChange> RotateAsync(string kind, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            // A concurrent batch would look addresses up under the old key only.
            write.LockExclusively();
            var rows = write.Connection.Query<KeyRow>(SelectAll).Where(row => row.Kind == kind).ToList();
            var version = (int)rows[^1].Version + 1;
            if (version > KeyFiles.HighestVersion)
                return new KeyChange(version, "This key already has 255 versions, which is the maximum.");
            if (kind == KeyFiles.Index)
            {
                foreach (var old in rows.SkipLast(1).Where(row => row.RetiredAt is null))
                {
                    if (FindObstacle(write.Connection, old, write.Now) is { } obstacle)
                        return new KeyChange((int)old.Version, obstacle);
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
    /// Retires an old key, so that its file may be removed. Refused while anything needs the key.
    /// The file stays, because older backups need it. Retiring a retired key changes nothing.
    /// </summary>
    public Task<KeyChange> RetireAsync(string kind, int version, Actor actor)
    {
        // Count before the write, because signers wait behind it. Nothing is encrypted under a replaced key any more,
        // so the count cannot grow.
        var rowCount = 0L;
        if (kind == KeyFiles.Root)
        {
            using var connection = database.Read();
            rowCount = connection.QuerySingle<long>(CountEncrypted, new { root = new[] { (byte)version } });
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
            if (kind == KeyFiles.Root && (row.ResealedAt is null || rowCount > 0))
                return new KeyChange(
                    version,
                    $"Rows may still be encrypted under it ({rowCount} counted); "
                        + "the running server re-encrypts them. Try again later."
                );
            if (kind == KeyFiles.Index && FindObstacle(write.Connection, row, write.Now) is { } obstacle)
                return new KeyChange(version, obstacle);
            if (VerifiesUntil(row, rows) is { } until && until > write.Now)
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

    private static string? FindObstacle(DbConnection connection, KeyRow index, DateTimeOffset now)
    {
        if (index.ResealedAt is null)
            return $"Rows may still be found only through index-{index.Version}; "
                + "the running server re-indexes them. Try again later.";
        var last = connection.QuerySingle<long?>(
            LastSuppressed,
            new { version = index.Version, now = now.ToUnixTimeMilliseconds() }
        );
        return last is null
            ? null
            : $"Addresses that get no more mail are found only through index-{index.Version} "
                + $"until {Instant.Text(Instant.FromMilliseconds(last.Value))}.";
    }

    private DateTimeOffset? VerifiesUntil(KeyRow row, List<KeyRow> rows) =>
        rows.FirstOrDefault(other => other.Kind == row.Kind && other.Version > row.Version) is not { } next ? null
        : row.Kind == KeyFiles.Token ? next.CreatedAt + options.Value.OldTokensVerifyFor
        : row.Kind == KeyFiles.Unsubscribe ? SubscriberRules.LinksEnd(next.CreatedAt, subscribers.Value.KeepMonths)
        : null;

    private sealed class KeyRow
    {
        public required string Kind { get; init; }
        public required long Version { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset? ResealedAt { get; init; }
        public required DateTimeOffset? RetiredAt { get; init; }
    }
}
