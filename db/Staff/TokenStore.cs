using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Personal access tokens of members. A token is shown once; only its hash is stored.
/// </summary>
public sealed class TokenStore(Database database, TimeProvider time)
{
    private const string Prefix = "cst_";

    // A write for each request would compete with signing.
    private static readonly TimeSpan _usedEvery = TimeSpan.FromHours(1);

    private const string SelectMember = """
        SELECT m.id, m.name, m.role, m.countries, m.created_at, m.revoked_at,
            t.id AS token_id, t.read_only, t.used_at
        FROM staff_tokens t JOIN staff m ON m.id = t.staff_id
        WHERE t.token_hash = @hash AND t.ended_at IS NULL AND m.revoked_at IS NULL
            AND (t.expires_at IS NULL OR t.expires_at > @now)
        """;

    private const string SelectTokens = """
        SELECT id, name, read_only, created_at, expires_at, used_at FROM staff_tokens
        WHERE staff_id = @staffId AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > @now) ORDER BY id
        """;

    private const string Insert = """
        INSERT INTO staff_tokens (id, staff_id, name, token_hash, read_only, created_at, expires_at)
        VALUES (@id, @staffId, @name, @hash, @readOnly, @now, @expiresAt)
        """;

    private const string Use = "UPDATE staff_tokens SET used_at = @now WHERE id = @id";

    /// <summary>Makes a token and returns it; it cannot be shown again.</summary>
    /// <param name="staffId">The member.</param>
    /// <param name="name">What the member calls it.</param>
    /// <param name="readOnly">True for a token that may only read.</param>
    /// <param name="lifetime">How long it works.</param>
    public Task<(long Id, string Token)> AddAsync(long staffId, string name, bool readOnly, TimeSpan lifetime) =>
        database.Writes.RunAsync(write =>
        {
            var created = Add(write, staffId, name, readOnly, write.Now + lifetime);
            new Actor(staffId).Audit(write, "token.add", subject: Ids.Text(created.Id));
            return created;
        });

    /// <summary>The tokens of a member that work, oldest first.</summary>
    public IReadOnlyList<StaffToken> List(long staffId)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<StaffToken>(
                SelectTokens,
                new { staffId, now = time.UtcNow().ToUnixTimeMilliseconds() }
            ),
        ];
    }

    /// <summary>
    /// Ends a token of a member, also in a database that is restored later; false if the member has
    /// no such token.
    /// </summary>
    public Task<bool> EndAsync(long staffId, long id) =>
        database.Writes.RunAsync(write => EndedAccess.EndOwn(write, JournalRevocation.Token, staffId, id));

    /// <summary>The member with this token; null for a token that is unknown or ended.</summary>
    public TokenHolder? Find(string token)
    {
        using var connection = database.Read();
        var row = connection.QuerySingleOrDefault<TokenRow>(
            SelectMember,
            new { hash = RandomToken.Hash(token), now = time.UtcNow().ToUnixTimeMilliseconds() }
        );
        return row?.ToHolder();
    }

    /// <summary>Records that a token is used.</summary>
    public Task UseAsync(TokenHolder holder) =>
        holder.UsedAt is { } used && time.UtcNow() - used < _usedEvery
            ? Task.CompletedTask
            : database.Writes.RunAsync(write =>
                write.Connection.Execute(Use, new { id = holder.TokenId, now = write.Now.ToUnixTimeMilliseconds() })
            );

    /// <summary>Adds a token in the transaction of a new member.</summary>
    internal static (long Id, string Token) Add(
        WriteTransaction write,
        long staffId,
        string name,
        bool readOnly,
        DateTimeOffset? expiresAt
    )
    {
        var token = RandomToken.Create(Prefix);
        var id = write.NextId();
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                staffId,
                name,
                hash = RandomToken.Hash(token),
                readOnly = readOnly ? 1 : 0,
                now = write.Now.ToUnixTimeMilliseconds(),
                expiresAt = expiresAt?.ToUnixTimeMilliseconds(),
            }
        );
        return (id, token);
    }

    private sealed class TokenRow : HolderRow
    {
        public required long TokenId { get; init; }
        public required bool ReadOnly { get; init; }
        public required DateTimeOffset? UsedAt { get; init; }

        public TokenHolder ToHolder() => new(ToMember(), TokenId, ReadOnly, UsedAt);
    }
}
