using Campaigns.Api.Http;
using Campaigns.Db.SignIn;
using Campaigns.Worker;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Passkeys were made for another host than that of <c>PublicUrl</c>: browsers offer them to that
/// host only.
/// </summary>
internal sealed class PasskeyHostWarning(PasskeyStore passkeys, PublicAddress address, ILogger<PasskeyHostWarning> log)
    : IWarning
{
    public string Name => "passkeys";

    public string? Find() =>
        Count() is > 0 and var count
            ? FormattableString.Invariant(
                $"{count} passkeys were made for another host than that of PublicUrl and do not work"
            )
            : null;

    /// <summary>Warns at the start, before a member finds it out.</summary>
    public void Report()
    {
        if (Count() is > 0 and var count)
            log.LogWarning(
                ApiEvents.PasskeysOfOtherHost,
                "{Count} passkeys were made for another host than that of PublicUrl and do not work",
                count
            );
    }

    private long Count() => passkeys.CountOfOtherHosts(Passkeys.Host(address) ?? "");
}
