using Campaigns.Db.SignIn;
using Campaigns.Worker;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Carries the random key of a session of the console. Browsers send it only to this host, only
/// over HTTPS, and never with a request from another site. In Development on a local HTTP address
/// the cookie lacks the prefix and the flag that need HTTPS.
/// </summary>
internal sealed class SessionCookie(PublicAddress address, IHostEnvironment environment, SessionStore sessions)
{
    private readonly bool _local =
        environment.IsDevelopment() && new Uri(address.Url) is { IsLoopback: true, Scheme: "http" };

    /// <summary>
    /// False where passwords would travel unencrypted: on an http address outside Development.
    /// </summary>
    public bool IsUsable => _local || new Uri(address.Url).Scheme == "https";

    public string Name => NameOf("campaign-staff");

    /// <summary>The name of a cookie of the console, with the prefix that needs HTTPS.</summary>
    public string NameOf(string cookie) => _local ? cookie : "__Host-" + cookie;

    /// <summary>True where cookies need HTTPS.</summary>
    public bool IsSecure => !_local;

    public void Write(HttpResponse response, string key) =>
        response.Cookies.Append(Name, key, Options(SessionStore.Longest));

    /// <summary>The session of the request; null without a cookie or after its end.</summary>
    public StaffSession? Read(HttpRequest request) =>
        request.Cookies[Name] is { Length: > 0 } key ? sessions.Find(key) : null;

    public void Clear(HttpResponse response) => response.Cookies.Delete(Name, Options(SessionStore.Longest));

    /// <summary>How browsers keep a cookie of the console.</summary>
    public CookieOptions Options(TimeSpan lifetime) =>
        new()
        {
            HttpOnly = true,
            Secure = !_local,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = lifetime,
            IsEssential = true,
        };
}
