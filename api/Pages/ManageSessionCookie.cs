using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Campaigns.Api.Pages;

/// <summary>
/// Carries the manage token from the door to <c>/my</c>, so that the token leaves the address bar
/// and the history. Sealed, for 30 minutes, sent to <c>/my</c> only and never along with a request
/// another site started.
/// </summary>
internal sealed class ManageSessionCookie(IDataProtectionProvider protection, TimeProvider time)
{
    public const string Name = "my";
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private static readonly CookieOptions _options = new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
        Path = "/my",
        MaxAge = Lifetime,
        IsEssential = true,
    };

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Campaigns.Api.Pages.MyCookie")
        .ToTimeLimitedDataProtector();

    public void Write(HttpResponse response, string manageToken) =>
        response.Cookies.Append(Name, _protector.Protect(manageToken, time.UtcNow() + Lifetime), _options);

    /// <summary>
    /// The manage token, or null without a cookie that we sealed in the last 30 minutes.
    /// </summary>
    public string? Read(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 } value)
            return null;
        try
        {
            var token = _protector.Unprotect(value, out var expiry);
            // The protector looks at the machine's clock; what counts here is the product's.
            return time.UtcNow() < expiry ? token : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static void Clear(HttpResponse response) => response.Cookies.Delete(Name, _options);
}
