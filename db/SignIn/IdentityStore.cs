using Microsoft.AspNetCore.Identity;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The stores as ASP.NET Core Identity asks for them: passwords, stamps, passkeys and recovery
/// codes of members. The name of a user is the member's id; members sign in with an address, which
/// <see cref="AccountStore.FindByAddress"/> finds.
/// </summary>
public sealed class IdentityStore(AccountStore accounts, PasskeyStore passkeys, RecoveryCodeStore codes)
    : IUserPasswordStore<StaffAccount>,
        IUserSecurityStampStore<StaffAccount>,
        IUserPasskeyStore<StaffAccount>,
        IUserTwoFactorRecoveryCodeStore<StaffAccount>
{
    private static readonly IdentityError _changed = new()
    {
        Code = "Changed",
        Description = "The account was changed at the same time.",
    };

    public Task<string> GetUserIdAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult(Ids.Text(user.StaffId));

    public Task<string?> GetUserNameAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(Ids.Text(user.StaffId));

    public Task SetUserNameAsync(StaffAccount user, string? userName, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The id of a member does not change.");

    public Task<string?> GetNormalizedUserNameAsync(StaffAccount user, CancellationToken cancellationToken) =>
        GetUserNameAsync(user, cancellationToken);

    // Identity normalises the name before each update; an id has one form.
    public Task SetNormalizedUserNameAsync(
        StaffAccount user,
        string? normalizedName,
        CancellationToken cancellationToken
    ) => Task.CompletedTask;

    public Task<IdentityResult> CreateAsync(StaffAccount user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Members join by an invitation.");

    public Task<IdentityResult> DeleteAsync(StaffAccount user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The access of a member ends; the member stays.");

    public async Task<IdentityResult> UpdateAsync(StaffAccount user, CancellationToken cancellationToken) =>
        await accounts.UpdateAsync(user) ? IdentityResult.Success : IdentityResult.Failed(_changed);

    public Task<StaffAccount?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(Ids.TryParse(userId, out var id) ? accounts.Find(id) : null);

    public Task<StaffAccount?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindByIdAsync(normalizedUserName, cancellationToken);

    public Task SetPasswordHashAsync(StaffAccount user, string? passwordHash, CancellationToken cancellationToken)
    {
        (user.PasswordHash, user.SignInChanged) = (passwordHash, true);
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(StaffAccount user, string stamp, CancellationToken cancellationToken)
    {
        user.Stamp = stamp;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Stamp);

    // A new passkey has a host and a name, which Identity does not know: PasskeyStore.AddAsync adds it.
    public Task AddOrUpdatePasskeyAsync(
        StaffAccount user,
        UserPasskeyInfo passkey,
        CancellationToken cancellationToken
    ) => passkeys.UseAsync(passkey);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. passkeys.FindOf(user.StaffId)]);

    public Task<StaffAccount?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(passkeys.Find(credentialId) is { } found ? accounts.Find(found.StaffId) : null);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(
        StaffAccount user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            passkeys.Find(credentialId) is { } found && found.StaffId == user.StaffId ? found.Passkey : null
        );

    public Task RemovePasskeyAsync(StaffAccount user, byte[] credentialId, CancellationToken cancellationToken) =>
        throw new NotSupportedException("PasskeyStore.EndAsync ends a passkey by its id.");

    public Task ReplaceCodesAsync(
        StaffAccount user,
        IEnumerable<string> recoveryCodes,
        CancellationToken cancellationToken
    ) => codes.ReplaceAsync(user.StaffId, [.. recoveryCodes]);

    public Task<bool> RedeemCodeAsync(StaffAccount user, string code, CancellationToken cancellationToken) =>
        codes.UseAsync(user.StaffId, code);

    public Task<int> CountCodesAsync(StaffAccount user, CancellationToken cancellationToken) =>
        Task.FromResult(codes.Count(user.StaffId));

    public void Dispose()
    {
        // It holds nothing: the stores open a connection for each call.
    }
}
