using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Staff and their personal access tokens. A token is shown once. Only its SHA-256 is stored, which
/// is enough for a long random value.
/// </summary>
public sealed class StaffStore(Database database)
{
    private const string Prefix = "cst_";

    private const string Select = "SELECT id, name, role, countries, created_at, revoked_at FROM staff";

    private const string Insert = """
        INSERT INTO staff (id, name, role, countries, token_hash, created_at)
        VALUES (@id, @name, @role, @countries, @hash, @now)
        """;

    private const string Revoke = "UPDATE staff SET revoked_at = @at WHERE id = @StaffId AND revoked_at IS NULL";

    /// <summary>
    /// Adds a member and returns the token, which is not stored and cannot be shown again.
    /// </summary>
    public Task<string> AddAsync(string name, string role, IReadOnlyList<string> countries, Actor actor)
    {
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return database.Writes.RunAsync(write =>
        {
            var id = write.NextId();
            write.Connection.Execute(
                Insert,
                new
                {
                    id,
                    name,
                    role,
                    countries = Lists.Write(countries),
                    hash = Hash(token),
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "staff.add", subject: Ids.Text(id), detail: role);
            return token;
        });
    }

    /// <summary>
    /// Ends a member's access at once, also in a database that is restored later; false if the
    /// member does not exist. Repeatable.
    /// </summary>
    public Task<bool> RevokeAsync(long id, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.QuerySingle<long>("SELECT count(*) FROM staff WHERE id = @id", new { id }) == 0)
                return false;
            var revocation = new JournalRevocation(write.Now, id);
            if (Apply(write, revocation))
                write.Journal(revocation);
            actor.Audit(write, "staff.revoke", subject: Ids.Text(id));
            return true;
        });

    /// <summary>
    /// Applies the revocations of the journal that this database lacks; returns how many.
    /// </summary>
    internal async Task<int> ReplayAsync(IEnumerable<JournalRevocation> revocations, CancellationToken cancellation)
    {
        var active = List().Where(member => member.RevokedAt is null).Select(member => member.Id).ToHashSet();
        var pending = revocations.Where(revocation => active.Contains(revocation.StaffId)).ToList();
        return pending.Count == 0
            ? 0
            : await database.Writes.RunAsync(
                write => pending.Count(revocation => Apply(write, revocation)),
                cancellation
            );
    }

    public IReadOnlyList<StaffMember> List()
    {
        using var connection = database.Read();
        return [.. connection.Query<StaffMember>(Select + " ORDER BY id")];
    }

    /// <summary>The member with this token; null for an unknown or revoked token.</summary>
    public StaffMember? FindByToken(string token)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<StaffMember>(
            Select + " WHERE token_hash = @hash AND revoked_at IS NULL",
            new { hash = Hash(token) }
        );
    }

    private static bool Apply(WriteTransaction write, JournalRevocation revocation)
    {
        LookStore.Forget(write, revocation.StaffId);
        return write.Connection.Execute(
                Revoke,
                new { revocation.StaffId, at = revocation.At.ToUnixTimeMilliseconds() }
            ) == 1;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
