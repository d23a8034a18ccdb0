using System.Net;
using System.Text.RegularExpressions;
using Campaigns.Api.Http.Access;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A browser without script that is signed in to the console: a session of a member, and forms
/// with the token of their page.
/// </summary>
internal sealed partial class ConsoleClient : IDisposable
{
    private readonly string _session;

    private ConsoleClient(CampaignServer server, string session)
    {
        _session = session;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Url,
        };
        Http.DefaultRequestHeaders.Add("Cookie", session);
    }

    /// <summary>Sends the cookie of the session with each request.</summary>
    public HttpClient Http { get; }

    public static async Task<ConsoleClient> SignInAsync(
        CampaignServer server,
        string role = Role.Administrator,
        params string[] countries
    )
    {
        var services = server.Services;
        var member = await services.GetRequiredService<StaffStore>().EnsureAsync($"Console {role}", role, countries);
        var key = await services.GetRequiredService<SessionStore>().StartAsync(member, "Test", secondFactor: true);
        return new ConsoleClient(server, $"{services.GetRequiredService<SessionCookie>().Name}={key}");
    }

    public async Task<int> StatusAsync(string address)
    {
        using var answer = await Http.GetAsync(address);
        return (int)answer.StatusCode;
    }

    public async Task<string> ReadAsync(string address)
    {
        using var answer = await CampaignServer.Expect(200, await Http.GetAsync(address));
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a form of a page with the page's token.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string address)
    {
        using var shown = await CampaignServer.Expect(200, await Http.GetAsync(page));
        var token = Token().Match(await shown.Content.ReadAsStringAsync()).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("form-token", WebUtility.HtmlDecode(token))]),
        };
        request.Headers.Add("Cookie", Cookies(shown));
        return await Http.SendAsync(request);
    }

    /// <summary>Triggers a job as the board does, with the token of its page.</summary>
    public async Task<HttpResponseMessage> TriggerAsync(string page, string job)
    {
        using var shown = await CampaignServer.Expect(200, await Http.GetAsync(page));
        var token = BoardToken().Match(await shown.Content.ReadAsStringAsync());
        using var request = new HttpRequestMessage(HttpMethod.Post, page + "/trigger")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", job)]),
        };
        request.Headers.Add(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value));
        request.Headers.Add("Cookie", Cookies(shown));
        return await Http.SendAsync(request);
    }

    public void Dispose() => Http.Dispose();

    private string Cookies(HttpResponseMessage shown) =>
        string.Join(
            "; ",
            shown.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Prepend(_session)
        );

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("name=\"csrf-header\" content=\"([^\"]+)\">\\s*<meta name=\"csrf-token\" content=\"([^\"]+)\"")]
    private static partial Regex BoardToken();
}
