using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Checks passwords and second factors of members. Ten failures lock an account for 15 minutes. An
/// unknown address, a wrong password and a locked account answer the same and take the same time.
/// </summary>
internal sealed class PasswordSignIn(
    AccountStore accounts,
    RecoveryCodeStore recovery,
    AuthenticatorCodes codes,
    AuditStore audit,
    IPasswordHasher<StaffAccount> hasher,
    TimeProvider time
) : IDisposable
{
    private const int MostFailures = 10;

    private static readonly StaffAccount _unknown = new()
    {
        StaffId = 0,
        Name = "",
        Version = 0,
        Stamp = "",
        Failures = 0,
    };

    // A hash takes a tenth of a second of a core. One at a time leaves the other cores to signing.
    private readonly SemaphoreSlim _hashing = new(1);
    private readonly Lazy<string> _unknownHash = new(() => hasher.HashPassword(_unknown, ""));

    public async Task<string> HashAsync(string password, CancellationToken cancellation) =>
        await OneAtATimeAsync(() => hasher.HashPassword(_unknown, password), cancellation);

    /// <summary>The account with this address and password; null for anything else.</summary>
    public async Task<StaffAccount?> CheckAsync(string address, string password, CancellationToken cancellation)
    {
        var account = accounts.FindByAddress(address);
        var locked = IsLocked(account);
        var hash = account?.PasswordHash ?? _unknownHash.Value;
        var result = await OneAtATimeAsync(
            () => hasher.VerifyHashedPassword(account ?? _unknown, hash, password),
            cancellation
        );
        if (account?.PasswordHash is null || locked)
            return null;
        if (result != PasswordVerificationResult.Failed)
            return account;
        await CountFailureAsync(account);
        return null;
    }

    /// <summary>
    /// True if the code is the authenticator's or an unused recovery code, and the account is not
    /// locked.
    /// </summary>
    public async Task<bool> CheckCodeAsync(StaffAccount account, string code)
    {
        if (IsLocked(account))
            return false;
        if (await codes.UseAsync(account, code))
            return await SucceedAsync(account);
        if (await recovery.UseAsync(account.StaffId, code.Trim().ToUpperInvariant()))
        {
            await audit.WriteAsync(new Actor(account.StaffId), "recovery-code.use");
            return await SucceedAsync(account);
        }
        await CountFailureAsync(account);
        return false;
    }

    public void Dispose() => _hashing.Dispose();

    private bool IsLocked(StaffAccount? account) => account?.LockedUntil > time.UtcNow();

    private async Task<bool> SucceedAsync(StaffAccount account)
    {
        if (account.Failures > 0)
            await accounts.EndFailuresAsync(account.StaffId, lockedUntil: null);
        return true;
    }

    private async Task CountFailureAsync(StaffAccount account)
    {
        var actor = new Actor(account.StaffId);
        await audit.WriteAsync(actor, "sign-in.fail");
        if (await accounts.CountFailureAsync(account.StaffId) < MostFailures)
            return;
        await accounts.EndFailuresAsync(account.StaffId, time.UtcNow() + AccountStore.LockedFor);
        await audit.WriteAsync(actor, "sign-in.lock");
    }

    private async Task<T> OneAtATimeAsync<T>(Func<T> hash, CancellationToken cancellation)
    {
        await _hashing.WaitAsync(cancellation);
        try
        {
            return hash();
        }
        finally
        {
            _hashing.Release();
        }
    }
}
