using Campaigns.Staff;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// Deletes ended access after its time. The audit trail keeps the names of members.
/// </summary>
public sealed class EndedAccessStore(Database database)
{
    /// <summary>How long ended sessions, tokens, calendars, invitations and letters stay.</summary>
    public static readonly TimeSpan OthersStay = TimeSpan.FromDays(90);

    private const string OfEnded =
        "staff_id IN (SELECT id FROM staff WHERE revoked_at IS NOT NULL AND revoked_at <= @members)";

    private static readonly string[] _statements =
    [
        $"DELETE FROM staff_accounts WHERE {OfEnded}",
        $"DELETE FROM staff_passkeys WHERE {OfEnded}",
        $"DELETE FROM staff_recovery_codes WHERE {OfEnded}",
        $"DELETE FROM staff_sessions WHERE {OfEnded} OR created_at <= @others",
        $"DELETE FROM staff_tokens WHERE {OfEnded} OR ended_at <= @others OR expires_at <= @others",
        $"DELETE FROM staff_calendars WHERE {OfEnded} OR ended_at <= @others",
        "DELETE FROM staff_invitations WHERE expires_at <= @others",
        $"DELETE FROM staff_letters WHERE {OfEnded} OR created_at <= @others",
        """
            UPDATE staff_accounts
            SET pending_address = NULL, pending_hash = NULL, pending_until = NULL, version = version + 1
            WHERE pending_until <= @now
            """,
    ];

    /// <summary>Deletes what is old enough. Repeatable.</summary>
    public Task ForgetAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var limits = new
                {
                    now = write.Now.ToUnixTimeMilliseconds(),
                    members = (write.Now - AuditRetention.EndedMemberStays).ToUnixTimeMilliseconds(),
                    others = (write.Now - OthersStay).ToUnixTimeMilliseconds(),
                };
                return _statements.Sum(statement => write.Connection.Execute(statement, limits));
            },
            cancellation
        );
}
