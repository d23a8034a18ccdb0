using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// The members of staff. A member who left stays, without access, because the audit trail names
/// them.
/// </summary>
public sealed class StaffStore(Database database)
{
    private const string Select = "SELECT id, name, role, countries, created_at, revoked_at FROM staff";

    private const string Insert = """
        INSERT INTO staff (id, name, role, countries, created_at) VALUES (@id, @name, @role, @countries, @now)
        """;

    private const string FindNamed =
        "SELECT min(id) FROM staff WHERE name = @name AND role = @role AND revoked_at IS NULL";

    /// <summary>
    /// Adds a member and returns the token, which is not stored and cannot be shown again.
    /// </summary>
    public Task<string> AddAsync(string name, string role, IReadOnlyList<string> countries, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            var id = write.NextId();
            Add(write, id, name, role, countries, actor);
            return TokenStore.Add(write, id, "staff add", readOnly: false, expiresAt: null).Token;
        });

    /// <summary>
    /// The id of the active member with this name and role; the member is added if missing. For
    /// demonstrations.
    /// </summary>
    public Task<long> EnsureAsync(string name, string role, IReadOnlyList<string> countries) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.QuerySingleOrDefault<long?>(FindNamed, new { name, role }) is { } known)
                return known;
            var id = write.NextId();
            Add(write, id, name, role, countries, Actor.Operator);
            return id;
        });

    /// <summary>
    /// Ends a member's access at once, with sessions, tokens and passkeys, also in a database that
    /// is restored later; false if the member does not exist. Repeatable.
    /// </summary>
    public Task<bool> RevokeAsync(long id, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (!EndedAccess.End(write, JournalRevocation.Member, id))
                return write.Connection.QuerySingle<long>("SELECT count(*) FROM staff WHERE id = @id", new { id }) > 0;
            actor.Audit(write, "staff.revoke", subject: Ids.Text(id));
            return true;
        });

    /// <summary>All members whose names are kept.</summary>
    public IReadOnlyList<StaffMember> List()
    {
        using var connection = database.Read();
        return [.. connection.Query<StaffMember>(Select + " WHERE name <> '' ORDER BY id")];
    }

    /// <summary>Adds a member without a token in the transaction of an invitation.</summary>
    internal static void Add(
        WriteTransaction write,
        long id,
        string name,
        string role,
        IReadOnlyList<string> countries,
        Actor actor
    )
    {
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                name,
                role,
                countries = Lists.Write(countries),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        actor.Audit(write, "staff.add", subject: Ids.Text(id), detail: role);
    }
}
