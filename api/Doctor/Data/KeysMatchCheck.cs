using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Keys;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The keys are those of the database.</summary>
internal sealed class KeysMatchCheck(KeyInspection keys) : ICheck
{
    public static string Name => "keys-match";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            keys.Compare();
            return Task.FromResult(CheckResult.Pass("The keys are those of the database."));
        }
        catch (KeysRefusedException refused)
        {
            return Task.FromResult(CheckResult.Fail(refused.Message));
        }
    }
}
