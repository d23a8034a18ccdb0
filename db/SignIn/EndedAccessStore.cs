using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// Deletes ended access after its time. The audit trail keeps the names of members.
/// </summary>
public sealed class EndedAccessStore(Database database)
{
    /// <summary>How long an ended member's address, passkeys and secrets stay.</summary>
    public static readonly TimeSpan MemberStays = TimeSpan.FromDays(30);

    /// <summary>How long ended sessions, tokens and invitations stay.</summary>
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
        "DELETE FROM staff_invitations WHERE expires_at <= @others",
    ];

    /// <summary>Deletes what is old enough. Repeatable.</summary>
    public Task ForgetAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var limits = new
                {
                    members = (write.Now - MemberStays).ToUnixTimeMilliseconds(),
                    others = (write.Now - OthersStay).ToUnixTimeMilliseconds(),
                };
                return _statements.Sum(statement => write.Connection.Execute(statement, limits));
            },
            cancellation
        );
}
