using System.Net;
using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// A browser without script and without pictures: it keeps cookies, follows no redirect, and sends
/// the hidden fields of the form that it submits.
/// </summary>
internal sealed partial class FormClient : IDisposable
{
    private readonly HttpClient _http;

    private FormClient(Uri url)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() })
        {
            BaseAddress = url,
        };
    }

    /// <summary>Signs in as the demonstration member with that role.</summary>
    public static async Task<FormClient> SignInAsync(Uri url, string role, params string[] countries)
    {
        var client = new FormClient(url);
        await CampaignServer.Expect(
            303,
            await client.PostAsync(
                "/dev/sign-in",
                [Field("role", role), .. countries.Select(one => Field("country", one))]
            )
        );
        return client;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    /// <summary>The text of a page that answers with this status.</summary>
    public async Task<string> PageAsync(string path, int status = 200) =>
        await (await CampaignServer.Expect(status, await _http.GetAsync(path))).Content.ReadAsStringAsync();

    /// <summary>Submits fields without what a page gave.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params KeyValuePair<string, string>[] fields) =>
        _http.PostAsync(path, new FormUrlEncodedContent(fields));

    /// <summary>
    /// Submits the form of a page whose address is <paramref name="action"/>, with its hidden
    /// fields and further ones.
    /// </summary>
    public Task<HttpResponseMessage> SubmitAsync(
        string page,
        string action,
        params KeyValuePair<string, string>[] fields
    )
    {
        var form = FormOf(action).Match(page);
        Assert.True(form.Success, $"The page has no form to {action}.");
        var hidden = Hidden().Matches(form.Value).Select(field => Field(Text(field, 1), Text(field, 2)));
        return PostAsync(action, [.. hidden, .. fields]);
    }

    public static KeyValuePair<string, string> Field(string name, string value) => new(name, value);

    public void Dispose() => _http.Dispose();

    private static string Text(Match field, int group) => WebUtility.HtmlDecode(field.Groups[group].Value);

    private static Regex FormOf(string action) =>
        new($"""<form[^>]*action="{Regex.Escape(action)}".*?</form>""", RegexOptions.Singleline);

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
