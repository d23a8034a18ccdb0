using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Keys;

namespace Campaigns.Api.Doctor.Data;

/// <summary>Rows can be decrypted: some of the oldest and some of the newest.</summary>
internal sealed class DecryptionCheck(KeyInspection keys) : ICheck
{
    public static string Name => "decryption";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var (rows, failed) = keys.DecryptSample();
            return Task.FromResult(
                rows == 0 ? CheckResult.Skipped("No campaign has a signature with an address.")
                : failed > 0 ? CheckResult.Fail($"{failed} of {rows} sampled rows cannot be decrypted.")
                : CheckResult.Pass($"All {rows} sampled rows can be decrypted.")
            );
        }
        catch (Exception error) when (error is KeysRefusedException or InvalidOperationException)
        {
            return Task.FromResult(CheckResult.Skipped("The root key cannot be read."));
        }
    }
}
