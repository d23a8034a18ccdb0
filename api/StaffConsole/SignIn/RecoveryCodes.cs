using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>Makes recovery codes of members.</summary>
internal sealed class RecoveryCodes(AccountStore accounts, UserManager<StaffAccount> users, AuditStore audit)
{
    private const int Codes = 10;

    /// <summary>
    /// Replaces the codes of a member and returns them, which are not stored; null for a member who
    /// does not sign in.
    /// </summary>
    public async Task<IReadOnlyList<string>?> MakeAsync(long staffId)
    {
        if (accounts.Find(staffId) is not { } account)
            return null;
        await audit.WriteAsync(new Actor(staffId), "recovery-code.add");
        return [.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(account, Codes))!];
    }
}
