using System.Security.Cryptography;
using Campaigns.Api.Http.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Keeps the challenge of a passkey in the browser until its answer, encrypted and for five
/// minutes. Each challenge is for one answer.
/// </summary>
internal sealed class PasskeyCookie(IDataProtectionProvider protection, SessionCookie session, TimeProvider time)
{
    private const string Name = "campaign-passkey";
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Campaigns.Api.StaffConsole.SignIn", "passkey")
        .ToTimeLimitedDataProtector();

    public void Write(HttpResponse response, string state) =>
        response.Cookies.Append(
            session.NameOf(Name),
            _protector.Protect(state, time.UtcNow() + _lifetime),
            session.Options(_lifetime)
        );

    /// <summary>
    /// Takes the challenge; null without one that this installation made just now.
    /// </summary>
    public string? Take(HttpContext context)
    {
        if (context.Request.Cookies[session.NameOf(Name)] is not { Length: > 0 } value)
            return null;
        context.Response.Cookies.Delete(session.NameOf(Name), session.Options(_lifetime));
        try
        {
            var state = _protector.Unprotect(value, out var expiry);
            // The protector uses the machine's clock, so the expiry is checked again with the product's clock.
            return time.UtcNow() < expiry ? state : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
