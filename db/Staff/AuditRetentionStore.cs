using Campaigns.Staff;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Staff;

/// <summary>
/// Deletes old lines of the audit trail, and then the names of members who left long ago.
/// </summary>
public sealed class AuditRetentionStore(Database database, AuditChainStore chain, IOptions<AuditOptions> options)
{
    // Signers wait behind each page on the single writer.
    private const int PageSize = 1000;

    private static readonly string _isSignIn = SqlCondition.IsOneOf("action", AuditRetention.SignIns);

    private const string IsLinked = "NOT EXISTS (SELECT 1 FROM audit_queue q WHERE q.audit_id = audit.id)";

    private static readonly string _signIns = $"""
        SELECT id FROM audit
        WHERE {IsLinked} AND {_isSignIn}
          AND (id < @signIns OR staff_id IN (SELECT id FROM staff WHERE revoked_at <= @members))
        ORDER BY id LIMIT @PageSize
        """;

    private const string Old = $"SELECT id FROM audit WHERE {IsLinked} AND id < @old ORDER BY id LIMIT @PageSize";

    private const string Delete = "DELETE FROM audit WHERE id = @id";

    // The link stays for those after it. Without the salt its hash tells nothing about the line.
    private const string Unlink = "UPDATE audit_links SET audit_id = NULL, salt = NULL WHERE audit_id = @id";

    // The row stays, because other rows have its id.
    private const string ForgetNames = "UPDATE staff SET name = '' WHERE name <> '' AND revoked_at <= @years";

    /// <summary>Deletes what is old enough; audited. Repeatable.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        await chain.LinkAsync(cancellation);
        foreach (var sql in (string[])[_signIns, Old])
        {
            while (await DeletePageAsync(sql, cancellation) == PageSize) { }
        }
        await chain.TrimAsync(cancellation);
        await database.Writes.RunAsync(write => write.Connection.Execute(ForgetNames, Limits(write.Now)), cancellation);
    }

    private Task<int> DeletePageAsync(string sql, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var ids = write.Connection.Query<long>(sql, Limits(write.Now)).ToList();
                if (ids.Count == 0)
                    return 0;
                // The trigger that guards the trail knows the time from its newest line.
                Actor.Operator.Audit(write, "audit.forget", detail: $"{ids.Count}");
                write.Connection.Execute(Delete, ids.Select(id => new { id }));
                write.Connection.Execute(Unlink, ids.Select(id => new { id }));
                return ids.Count;
            },
            cancellation
        );

    // Ids contain their time.
    private object Limits(DateTimeOffset now)
    {
        var years = now.AddYears(-options.Value.KeepYears);
        return new
        {
            PageSize,
            signIns = Ids.First(now - AuditRetention.SignInsStay),
            members = (now - AuditRetention.EndedMemberStays).ToUnixTimeMilliseconds(),
            old = Ids.First(years),
            years = years.ToUnixTimeMilliseconds(),
        };
    }
}
