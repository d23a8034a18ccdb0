using System.Text.Json.Nodes;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The host that passkeys belong to.</summary>
public sealed class PasskeyHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-passkeys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://petitions.example.org", "petitions.example.org")]
    [InlineData("https://petitions.example.org:8443/staff", "petitions.example.org")]
    [InlineData("http://localhost:5080", "localhost")]
    [InlineData("http://petitions.example.org", null)]
    [InlineData("https://192.0.2.7", null)]
    [InlineData("https://[2001:db8::7]:8443", null)]
    public void Only_a_name_over_https_or_this_machine_offers_passkeys(string url, string? host) =>
        Assert.Equal(host, Passkeys.Host(new PublicAddress(url)));

    [Fact]
    public async Task Address_without_a_name_shows_no_passkeys()
    {
        await using var server = await CampaignServer.StartAsync(_folder, "--PublicUrl=https://192.0.2.7");
        using var client = new ConsoleBrowser(server);
        Assert.DoesNotContain("data-passkey", await client.GetAsync("/staff/sign-in"), StringComparison.Ordinal);
        Assert.Contains("type=\"password\"", client.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_with_another_host_warns_how_many_passkeys_do_not_work()
    {
        await using (var before = await CampaignServer.StartAsync(_folder, "--PublicUrl=https://old.example.org"))
        {
            foreach (var name in (string[])["Anne", "Bart"])
                await AddPasskeyAsync(before, name);
            Assert.Null((await WarningsAsync(before))["passkeys"]);
            Assert.DoesNotContain("passkeys were made", Log(), StringComparison.Ordinal);
        }
        await using var server = await CampaignServer.StartAsync(_folder, "--PublicUrl=https://new.example.org");
        const string Sentence = "2 passkeys were made for another host than that of PublicUrl and do not work";
        Assert.Equal(Sentence, (string?)(await WarningsAsync(server))["passkeys"]);
        Assert.Contains(Sentence, Log(), StringComparison.Ordinal);
        using var administrator = await ConsoleClient.SignInAsync(server);
        var page = await administrator.ReadAsync("/staff/system");
        Assert.Contains("2 passkeys of another host than that of PublicUrl", page, StringComparison.Ordinal);

        var anne = server.Services.GetRequiredService<StaffStore>().List().Single(member => member.Name == "Anne");
        await server.Services.GetRequiredService<StaffStore>().RevokeAsync(anne.Id, Actor.Operator);
        Assert.StartsWith("1 passkeys", (string?)(await WarningsAsync(server))["passkeys"], StringComparison.Ordinal);
    }

    private string Log() => File.ReadAllText(Path.Combine(_folder, "test.log"));

    private static async Task AddPasskeyAsync(CampaignServer server, string name)
    {
        var id = await server.Services.GetRequiredService<StaffStore>().EnsureAsync(name, Role.Auditor, []);
        var passkey = new UserPasskeyInfo([(byte)name[0]], [2], default, 0, null, true, false, false, [3], [4]);
        await server
            .Services.GetRequiredService<PasskeyStore>()
            .AddAsync(id, new NewPasskey("old.example.org", "phone", passkey));
    }

    private static async Task<JsonObject> WarningsAsync(CampaignServer server) =>
        (await (await CampaignServer.Expect(200, await server.Http.GetAsync("/healthz/ready"))).BodyAsync())[
            "warnings"
        ]!.AsObject();
}
