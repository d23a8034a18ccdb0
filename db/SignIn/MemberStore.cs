using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>The members of staff with their access, for administrators.</summary>
public sealed class MemberStore(Database database)
{
    private const string Select = """
        SELECT m.id, m.name, m.role, m.countries, m.created_at, m.revoked_at,
            CASE WHEN a.staff_id IS NULL THEN 0 ELSE 1 END AS has_account,
            CASE WHEN a.authenticator_at IS NULL THEN 0 ELSE 1 END AS has_authenticator,
            (SELECT count(*) FROM staff_passkeys p WHERE p.staff_id = m.id) AS passkeys,
            (SELECT count(*) FROM staff_tokens t WHERE t.staff_id = m.id AND t.ended_at IS NULL) AS tokens,
            (SELECT max(seen.at) FROM (
                SELECT seen_at AS at FROM staff_sessions WHERE staff_id = m.id
                UNION ALL SELECT used_at FROM staff_tokens WHERE staff_id = m.id) AS seen) AS seen_at
        FROM staff m LEFT JOIN staff_accounts a ON a.staff_id = m.id
        """;

    private const string Change = """
        UPDATE staff SET role = @role, countries = @countries WHERE id = @id AND revoked_at IS NULL
        """;

    /// <summary>
    /// All members whose names are kept, the active ones first and oldest first.
    /// </summary>
    public IReadOnlyList<MemberAccess> List()
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<MemberAccess>(
                $"{Select} WHERE m.name <> '' ORDER BY CASE WHEN m.revoked_at IS NULL THEN 0 ELSE 1 END, m.id"
            ),
        ];
    }

    /// <summary>A member; null without one.</summary>
    public MemberAccess? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<MemberAccess>($"{Select} WHERE m.id = @id", new { id });
    }

    /// <summary>
    /// Adds a member without access: an invitation lets the member sign in.
    /// </summary>
    public static long Add(
        WriteTransaction write,
        string name,
        string role,
        IReadOnlyList<string> countries,
        Actor actor
    )
    {
        var id = write.NextId();
        StaffStore.Add(write, id, name, role, countries, actor);
        return id;
    }

    /// <summary>
    /// Changes what an active member may do, at once; false without such a member.
    /// </summary>
    public Task<bool> ChangeAsync(long id, string role, IReadOnlyList<string> countries, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (
                write.Connection.Execute(
                    Change,
                    new
                    {
                        id,
                        role,
                        countries = Lists.Write(countries),
                    }
                ) == 0
            )
                return false;
            actor.Audit(write, "staff.change", subject: Ids.Text(id), detail: role);
            return true;
        });
}
