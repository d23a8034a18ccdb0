using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>A member of staff, or the operator at the command line (no id).</summary>
public sealed record Actor(long? StaffId)
{
    public static readonly Actor Operator = new((long?)null);

    private const string Insert = """
        INSERT INTO audit (id, at, staff_id, action, campaign, subject, detail)
        VALUES (@id, @at, @StaffId, @action, @campaign, @subject, @detail)
        """;

    private const string Enqueue = "INSERT INTO audit_queue (audit_id) VALUES (@id)";

    /// <summary>
    /// Adds a line to the audit trail in the transaction of the change;
    /// <see cref="AuditChainStore"/> links it afterwards. Subject and detail contain
    /// ids and fixed words only, never text from a signer.
    /// </summary>
    public void Audit(
        WriteTransaction write,
        string action,
        string? campaign = null,
        string? subject = null,
        string? detail = null
    )
    {
        var id = write.NextId();
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                at = write.Now.ToUnixTimeMilliseconds(),
                StaffId,
                action,
                campaign,
                subject,
                detail,
            }
        );
        write.Connection.Execute(Enqueue, new { id });
    }
}
