using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Keys;

namespace Campaigns.Api.Doctor.Data;

/// <summary>A key of each kind is there, and only its owner reads it.</summary>
internal sealed class KeyFilesCheck(KeyInspection keys) : ICheck
{
    public static string Name => "key-files";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var missing = keys.FindMissing();
            return Task.FromResult(
                missing.Count > 0
                    ? CheckResult.Fail($"There is no key file of kind {string.Join(", ", missing)}.")
                    : CheckResult.Pass("A key of each kind is there, and only its owner reads it.")
            );
        }
        catch (KeysRefusedException refused)
        {
            return Task.FromResult(CheckResult.Fail(refused.Message));
        }
    }
}
