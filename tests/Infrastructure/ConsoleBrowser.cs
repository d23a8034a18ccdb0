using System.Net;
using System.Text.RegularExpressions;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A browser without a screen for the staff console: it keeps cookies, follows no redirect, and
/// sends the antiforgery token of the page it read last.
/// </summary>
public sealed partial class ConsoleBrowser : IDisposable
{
    private readonly HttpClient _http;
    private string _token = "";

    public ConsoleBrowser(CampaignServer server)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = server.Url,
        };
        _http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        _http.DefaultRequestHeaders.Add("Accept-Language", "en");
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Http => _http;

    /// <summary>The text of the page that was read last.</summary>
    public string Page { get; private set; } = "";

    /// <summary>Signs in as a demonstration member.</summary>
    public static async Task<ConsoleBrowser> EnterAsync(CampaignServer server, string role, string? country = null)
    {
        var client = new ConsoleBrowser(server);
        var form = new Dictionary<string, string> { ["role"] = role };
        if (country is not null)
            form["country"] = country;
        using var answer = await client._http.PostAsync("/dev/sign-in", new FormUrlEncodedContent(form));
        await CampaignServer.Expect(303, answer);
        return client;
    }

    /// <summary>Reads a page and expects a status; returns its text.</summary>
    public async Task<string> GetAsync(string path, int status = 200) =>
        await ReadAsync(await CampaignServer.Expect(status, await _http.GetAsync(path)));

    /// <summary>The address that a page leads to.</summary>
    public async Task<string> RedirectOfAsync(string path)
    {
        using var answer = await CampaignServer.Expect(303, await _http.GetAsync(path));
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>
    /// Sends a form with the antiforgery token and expects a status; returns the answer's text, or
    /// the address that it leads to.
    /// </summary>
    public async Task<string> PostAsync(string path, int status, params (string Name, string Value)[] fields)
    {
        var form = fields.Select(field => KeyValuePair.Create(field.Name, field.Value));
        using var answer = await _http.PostAsync(
            path,
            new FormUrlEncodedContent(form.Append(KeyValuePair.Create("form-token", _token)))
        );
        await CampaignServer.Expect(status, answer);
        return answer.Headers.Location?.OriginalString ?? await ReadAsync(answer);
    }

    /// <summary>The value of a hidden field of the page that was read last.</summary>
    public string Hidden(string name) =>
        WebUtility.HtmlDecode(Regex.Match(Page, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value);

    /// <summary>
    /// The texts in monospace on the page that was read last: keys, codes, links.
    /// </summary>
    public IReadOnlyList<string> Codes() =>
        [.. Code().Matches(Page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];

    public void Dispose() => _http.Dispose();

    private async Task<string> ReadAsync(HttpResponseMessage answer)
    {
        Page = await answer.Content.ReadAsStringAsync();
        if (FormToken().Match(Page) is { Success: true } token)
            _token = WebUtility.HtmlDecode(token.Groups[1].Value);
        return Page;
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]*)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("<code>([^<]*)</code>")]
    private static partial Regex Code();
}
