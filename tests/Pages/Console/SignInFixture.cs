using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>A server in Development with members who sign in.</summary>
public sealed class SignInFixture : IAsyncDisposable
{
    public const string Password = "otters read maps at dusk";

    private readonly Dictionary<string, AuthenticatorApp> _apps = [];

    private SignInFixture(CampaignServer server) => Server = server;

    public CampaignServer Server { get; }

    private DateTimeOffset Now => Server.Services.GetRequiredService<TimeProvider>().GetUtcNow();

    public static async Task<SignInFixture> StartAsync(params string[] settings) =>
        new(await CampaignServer.StartAsync(null, ["--environment", "Development", .. settings]));

    /// <summary>The path of a new invitation's link.</summary>
    public async Task<string> InviteAsync(string role = Role.Administrator, params string[] countries)
    {
        var store = Server.Services.GetRequiredService<InvitationStore>();
        return "/staff/join/" + (await store.InviteAsync("Kari", role, countries, Actor.Operator)).Token;
    }

    /// <summary>Joins with a password, without a second factor yet.</summary>
    public async Task<ConsoleBrowser> JoinAsync(string link, string email = "kari@example.org")
    {
        var client = new ConsoleBrowser(Server);
        await client.GetAsync(link);
        Assert.Equal(
            "/staff/me/second-factor",
            await client.PostAsync(link, 303, ("email", email), ("password", Password))
        );
        return client;
    }

    /// <summary>Sets up an authenticator; returns the recovery codes.</summary>
    public async Task<IReadOnlyList<string>> SetUpAsync(ConsoleBrowser client, string email = "kari@example.org")
    {
        await client.GetAsync("/staff/me/second-factor");
        var app = _apps[email] = new AuthenticatorApp(client.Codes()[0]);
        await client.PostAsync(
            "/staff/me/second-factor",
            200,
            ("ticket", client.Hidden("ticket")),
            ("code", app.CodeAt(Now))
        );
        return client.Codes();
    }

    /// <summary>
    /// A member who joined with a password and an authenticator, and is signed in.
    /// </summary>
    public async Task<(ConsoleBrowser Client, IReadOnlyList<string> RecoveryCodes)> MemberAsync(
        string role = Role.Administrator,
        string email = "kari@example.org"
    )
    {
        var client = await JoinAsync(await InviteAsync(role), email);
        return (client, await SetUpAsync(client, email));
    }

    /// <summary>A new code: the clock advances, because each works once.</summary>
    public string NextCode(string email = "kari@example.org")
    {
        Server.Clock.Advance(TimeSpan.FromSeconds(60));
        return _apps[email].CodeAt(Now);
    }

    /// <summary>
    /// Gives address and password in a new browser; the next page asks for the code.
    /// </summary>
    public async Task<ConsoleBrowser> GivePasswordAsync(
        string password = Password,
        string email = "kari@example.org",
        int status = 200
    )
    {
        var client = new ConsoleBrowser(Server);
        await client.GetAsync("/staff/sign-in");
        await client.PostAsync("/staff/sign-in", status, ("email", email), ("password", password));
        return client;
    }

    /// <summary>Gives the code after the password; returns where it leads or the page.</summary>
    public static Task<string> GiveCodeAsync(ConsoleBrowser client, string code, int status = 303) =>
        client.PostAsync("/staff/sign-in/code", status, ("ticket", client.Hidden("ticket")), ("code", code));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
