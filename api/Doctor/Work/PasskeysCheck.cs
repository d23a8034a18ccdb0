using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Worker;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Passkeys work with the host of <c>PublicUrl</c>.</summary>
internal sealed class PasskeysCheck(WorkInspection work, PublicAddress address) : ICheck
{
    public static string Name => "passkeys";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.CountPasskeysOfOtherHosts(Passkeys.Host(address) ?? "") is > 0 and var passkeys
                ? CheckResult.Warn($"{Plural.Count(passkeys, "passkey")} of another host than that of PublicUrl.")
                : CheckResult.Pass("No passkey is of another host.")
        );
}
