using System.Security.Cryptography;
using Campaigns.Db.SignIn;
using Microsoft.AspNetCore.DataProtection;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// What a form carries from one step to the next, encrypted and for a few minutes: who gave the
/// right password, or the secret of an authenticator that is not proved yet.
/// </summary>
internal sealed class SignInTicket(IDataProtectionProvider protection, AccountStore accounts, TimeProvider time)
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _password = Protector(protection, "password");
    private readonly ITimeLimitedDataProtector _secret = Protector(protection, "authenticator");

    public string ForPassword(StaffAccount account) =>
        _password.Protect($"{Ids.Text(account.StaffId)} {account.Stamp}", time.UtcNow() + _lifetime);

    /// <summary>
    /// The account that gave the right password; null after the lifetime or a change of the
    /// account.
    /// </summary>
    public StaffAccount? ReadPassword(string? ticket) =>
        Read(_password, ticket)?.Split(' ') is [var id, var stamp]
        && Ids.TryParse(id, out var staffId)
        && accounts.Find(staffId) is { } account
        && account.Stamp == stamp
            ? account
            : null;

    public string ForSecret(long staffId, byte[] secret) =>
        _secret.Protect($"{Ids.Text(staffId)} {Convert.ToBase64String(secret)}", time.UtcNow() + _lifetime);

    /// <summary>The secret that was shown to this member; null after the lifetime.</summary>
    public byte[]? ReadSecret(long staffId, string? ticket) =>
        Read(_secret, ticket)?.Split(' ') is [var id, var secret] && id == Ids.Text(staffId)
            ? Convert.FromBase64String(secret)
            : null;

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection, string purpose) =>
        protection.CreateProtector("Campaigns.Api.StaffConsole.SignIn", purpose).ToTimeLimitedDataProtector();

    private string? Read(ITimeLimitedDataProtector protector, string? ticket)
    {
        if (string.IsNullOrEmpty(ticket))
            return null;
        try
        {
            var text = protector.Unprotect(ticket, out var expiry);
            // The protector uses the machine's clock, so the expiry is checked again with the product's clock.
            return time.UtcNow() < expiry ? text : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
