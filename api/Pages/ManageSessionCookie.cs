using System.Security.Cryptography;
using Campaigns.Db.Signatures;
using Campaigns.Worker;
using Microsoft.AspNetCore.DataProtection;

namespace Campaigns.Api.Pages;

/// <summary>
/// Carries the manage token from the link's page to <c>/my</c>, so that the token leaves the
/// address bar and the history. The cookie is encrypted and lasts 30 minutes, or until the signer
/// signs out in any browser. Browsers send it to <c>/my</c> only, and never with a request from
/// another site.
/// </summary>
internal sealed class ManageSessionCookie(
    IDataProtectionProvider protection,
    PublicAddress address,
    MySignatureStore signatures,
    TimeProvider time
)
{
    public const string Name = "my";
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly CookieOptions _options = new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
        Path = address.Path + "/my",
        MaxAge = Lifetime,
        IsEssential = true,
    };

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Campaigns.Api.Pages.MyCookie")
        .ToTimeLimitedDataProtector();

    public void Write(HttpResponse response, string manageToken)
    {
        var session = Ids.Text(signatures.SessionOf(manageToken) ?? 0);
        response.Cookies.Append(
            Name,
            _protector.Protect($"{session} {manageToken}", time.UtcNow() + Lifetime),
            _options
        );
    }

    /// <summary>
    /// The manage token, or null without a cookie that this installation wrote in the last 30
    /// minutes and since the signer last signed out.
    /// </summary>
    public string? Read(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 } value)
            return null;
        try
        {
            var parts = _protector.Unprotect(value, out var expiry).Split(' ');
            // The protector uses the machine's clock, so the expiry is checked again with the product's clock.
            return
                parts is [var session, var token]
                && time.UtcNow() < expiry
                && signatures.SessionOf(token) is { } current
                && session == Ids.Text(current)
                ? token
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Clear(HttpResponse response) => response.Cookies.Delete(Name, _options);
}
