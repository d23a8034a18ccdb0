using Campaigns.Db.SignIn;
using OtpNet;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Codes of an authenticator app: six digits for 30 seconds (RFC 6238). One step before and after
/// is accepted, because clocks differ, and each code once.
/// </summary>
internal sealed class AuthenticatorCodes(AccountStore accounts, TimeProvider time)
{
    private const int SecretLength = 20;

    private static readonly VerificationWindow _window = new(previous: 1, future: 1);

    public static byte[] CreateSecret() => KeyGeneration.GenerateRandomKey(SecretLength);

    /// <summary>The secret as people type it into an app.</summary>
    public static string Text(byte[] secret) => Base32Encoding.ToString(secret).TrimEnd('=');

    /// <summary>The address that an app reads from the square.</summary>
    public static string Address(byte[] secret, string issuer, string member) =>
        new OtpUri(OtpType.Totp, secret, member, issuer).ToString();

    /// <summary>
    /// True if the code is the authenticator's now and no code of this time was accepted before.
    /// </summary>
    public async Task<bool> UseAsync(StaffAccount account, string code) =>
        account is { HasAuthenticator: true, Authenticator: { } secret }
        && FindStep(secret, code) is { } step
        && await accounts.UseStepAsync(account.StaffId, step);

    /// <summary>The time step of a code; null if it is none of the secret's now.</summary>
    public long? FindStep(byte[] secret, string code)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        return new Totp(secret).VerifyTotp(time.UtcNow().UtcDateTime, digits, out var step, _window) ? step : null;
    }
}
