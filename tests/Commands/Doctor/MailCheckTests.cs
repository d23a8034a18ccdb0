using System.Globalization;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>Checks of the mail server and of what the domain of the sender publishes.</summary>
public sealed class MailCheckTests : IAsyncLifetime, IDisposable
{
    private const string Domain = "mail.campaigns.example";

    private CampaignFixture _fixture = null!;
    private readonly TestResolver _resolver = new();
    private readonly ScriptedServer _server = new();

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    public void Dispose()
    {
        _resolver.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Mail_folder_is_skipped()
    {
        var checkup = await Checkup.RunAsync(_fixture);
        Assert.All(["mail", "spf", "dkim", "dmarc"], check => checkup.AssertSkips(check, "Mail:Transport is folder"));
    }

    [Fact]
    public async Task Bounce_address_is_missed_and_compared_with_the_sender()
    {
        (await RunAsync()).AssertWarns("bounce-address", "is not set", "Mail:BounceAddress");
        (await RunAsync($"--Mail:BounceAddress=bounces@bounces.{Domain}")).AssertPasses("bounce-address");
        (await RunAsync("--Mail:BounceAddress=bounces@elsewhere.example")).AssertWarns(
            "bounce-address",
            "not that of Mail:From",
            "Mail:BounceAddress"
        );
        (await RunAsync("--Mail:Hooks:MailgunSecret=secret")).AssertPasses("bounce-address");
    }

    [Fact]
    public async Task Server_that_cannot_be_reached_is_found()
    {
        var checkup = await RunAsync("--Mail:Port=1");
        checkup.AssertFails("mail", "cannot-connect", "settings Mail:*");
    }

    [Fact]
    public async Task Server_without_encryption_is_found() =>
        (await RunAsync("--Mail:Security=starttls")).AssertFails("mail", "no-starttls", "settings Mail:*");

    [Fact]
    public async Task Refused_sign_in_is_found()
    {
        _server.Hello = "250-scripted\r\n250 AUTH PLAIN";
        _server.Answer = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 no" : "250 ok";
        var checkup = await RunAsync("--Mail:User=campaign", "--Mail:Password=wrong-password");
        checkup.AssertFails("mail", "sign-in-refused", "sign-in");
        Assert.DoesNotContain("wrong-password", checkup.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_takes_the_connection_passes() => (await RunAsync()).AssertPasses("mail");

    [Fact]
    public async Task Test_letter_is_sent_only_when_it_is_asked_for()
    {
        await RunAsync();
        Assert.Empty(_server.Letters);
        var checkup = await RunAsync("--send-test", "operator@example.org");
        checkup.AssertPasses("test-letter");
        var letter = Assert.Single(_server.Letters);
        Assert.Contains("Subject: Test of the mail settings", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("operator@example.org", checkup.Output, StringComparison.Ordinal);

        _server.Answer = command => command == "DATA" ? "550 5.7.1 no" : "250 ok";
        checkup = await RunAsync("--send-test", "operator@example.org");
        checkup.AssertFails("test-letter", "5.7.1", "mail server and its log");
    }

    [Fact]
    public async Task Records_that_are_missing_are_found()
    {
        var checkup = await RunAsync("--Doctor:DkimSelectors=one two");
        checkup.AssertWarns("spf", "no SPF record", "v=spf1");
        checkup.AssertWarns("dmarc", "no DMARC record", "v=DMARC1");
        checkup.AssertFails("dkim", "no DKIM key under the selector one", "Doctor:DkimSelectors");
    }

    [Fact]
    public async Task Records_that_protect_nothing_are_found()
    {
        _resolver.Texts[Domain] = ["v=spf1 +all"];
        _resolver.Texts["_dmarc.campaigns.example"] = ["v=DMARC1; p=none"];
        _resolver.Texts["one._domainkey." + Domain] = ["v=DKIM1; p="];
        var checkup = await RunAsync("--Doctor:DkimSelectors=one");
        checkup.AssertFails("spf", "+all", "-all or ~all");
        checkup.AssertWarns("dmarc", "p=none", "p=quarantine");
        checkup.AssertFails("dkim", "revoked", "under its selector");
    }

    [Fact]
    public async Task Records_that_are_there_twice_are_found()
    {
        _resolver.Texts[Domain] = ["v=spf1 -all", "v=spf1 mx -all", "another text"];
        _resolver.Texts["_dmarc." + Domain] = ["v=DMARC1; p=reject", "v=DMARC1; p=none"];
        var checkup = await RunAsync();
        checkup.AssertFails("spf", "several", "one TXT record");
        checkup.AssertFails("dmarc", "several", "one TXT record");
        checkup.AssertSkips("dkim", "Doctor:DkimSelectors");
    }

    [Fact]
    public async Task Records_that_are_right_pass()
    {
        _resolver.Texts[Domain] = ["v=spf1 mx -all"];
        _resolver.Texts["_dmarc." + Domain] = ["v=DMARC1; p=reject"];
        _resolver.Texts["one._domainkey." + Domain] = ["v=DKIM1; k=rsa; p=MIIB"];
        var checkup = await RunAsync("--Doctor:DkimSelectors=one");
        Assert.All(["spf", "dkim", "dmarc"], checkup.AssertPasses);
    }

    [Fact]
    public async Task Silent_resolver_is_said()
    {
        _resolver.Dispose();
        (await RunAsync()).AssertSkips("spf", "The DNS does not answer");
    }

    private Task<Checkup> RunAsync(params string[] more) =>
        Checkup.RunAsync(
            _fixture,
            [
                "--Mail:Transport=smtp",
                "--Mail:Host=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"--Mail:Port={_server.Port}"),
                "--Mail:Security=none",
                $"--Mail:From=Campaign <petitions@{Domain}>",
                _resolver.Setting,
                .. more,
            ]
        );
}
