using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The chain over the audit trail agrees with its lines.</summary>
internal sealed class AuditCheck(AuditInspection audit) : ICheck
{
    public static string Name => "audit";

    public static bool IsDeep => true;

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var found = audit.Check(cancellation);
        return Task.FromResult(found.Fault is null ? CheckResult.Pass(found.Message) : CheckResult.Fail(found.Message));
    }
}
