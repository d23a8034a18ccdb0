using Campaigns.Api.Http.Access;

namespace Campaigns.Api.StaffConsole;

/// <summary>
/// The cookie of the antiforgery tokens. It is Secure by the address of the site and not by the
/// request, because a proxy may end TLS: the framework's own policy would refuse such requests.
/// </summary>
internal sealed class FormCookie : CookieBuilder
{
    private readonly bool _isSecure;

    public FormCookie(SessionCookie session)
    {
        _isSecure = session.IsSecure;
        Name = session.NameOf("campaign-forms");
        SameSite = SameSiteMode.Strict;
        HttpOnly = true;
        IsEssential = true;
        Path = "/";
        SecurePolicy = CookieSecurePolicy.None;
    }

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = _isSecure;
        return options;
    }
}
