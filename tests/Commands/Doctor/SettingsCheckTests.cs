using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>Checks of the settings, with wrong and with unsafe ones.</summary>
public sealed class SettingsCheckTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("--Mail:Transport=pigeon", "Mail:Transport must be")]
    [InlineData("--Ledger:MinBatch=0", "MinBatch")]
    [InlineData("--PublicUrl=ftp://example.org", "PublicUrl must be a web address")]
    [InlineData("--Proxies:Known:0=nonsense", "Proxies:Known:0 must be an address")]
    [InlineData("--Metrics:Urls=https://127.0.0.1:9464", "Metrics:Urls must be addresses")]
    [InlineData("--Jobs:Storage=paper", "Jobs:Storage")]
    [InlineData("--Mail:Port=many", "Mail:Port has a value of the wrong kind")]
    public async Task Wrong_setting_is_named_and_the_other_checks_run(string setting, string message)
    {
        var checkup = await Checkup.RunAsync(_fixture, setting);
        checkup.AssertFails("settings", message, "Correct the named setting");
        checkup.AssertPasses("schema");
    }

    [Fact]
    public async Task Setting_that_does_not_exist_is_named()
    {
        var checkup = await Checkup.RunAsync(_fixture, "--Mail:Hots=mail.example.org");
        checkup.AssertWarns("settings", "There is no setting Mail:Hots", "appsettings.json");
        Assert.DoesNotContain("mail.example.org", checkup.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Limits:Enabled=false", "nothing bounds requests")]
    [InlineData("--Mail:Transport=folder", "Mail:Transport is folder")]
    public async Task Unsafe_setting_is_a_warning(string setting, string message)
    {
        // The tests run in Production, unless their environment says otherwise.
        var checkup = await Checkup.RunAsync(_fixture, setting);
        checkup.AssertWarns("unsafe-settings", message, "what a public installation needs");
    }

    [Fact]
    public async Task Public_address_without_encryption_is_broken()
    {
        var checkup = await Checkup.RunAsync(_fixture, "--PublicUrl=http://petitions.invalid");
        checkup.AssertFails("unsafe-settings", "cross the network in clear", "what a public installation needs");
        checkup.AssertFails("https", "begins with http", "https address");
        checkup.AssertFails("public-address", "does not answer", "DNS name of PublicUrl");
    }

    [Fact]
    public async Task Metrics_that_other_machines_reach_are_a_warning()
    {
        var loopback = await Checkup.RunAsync(_fixture, "--Mail:Transport=folder", "--Metrics:Urls=http://[::1]:9464");
        Assert.DoesNotContain("Metrics:Urls", loopback.Message("unsafe-settings"), StringComparison.Ordinal);
        var all = await Checkup.RunAsync(_fixture, "--Mail:Transport=folder", "--Metrics:Urls=http://*:9464");
        all.AssertWarns("unsafe-settings", "Metrics:Urls listens beyond", "what a public installation needs");
    }

    [Fact]
    public async Task Unencrypted_mail_is_a_warning()
    {
        var checkup = await Checkup.RunAsync(
            _fixture,
            "--Mail:Transport=smtp",
            "--Mail:Host=127.0.0.1",
            "--Mail:Port=1",
            "--Mail:Security=none"
        );
        checkup.AssertWarns("unsafe-settings", "Mail:Security is none", "what a public installation needs");
    }

    // PostgreSQL has tools of its own.
    [Theory, Trait("Database", "sqlite")]
    [InlineData("private", "has a private key")]
    [InlineData("small", "at least 2048 bits")]
    [InlineData("nonsense", "PEM file with an RSA public key")]
    [InlineData("none", "cannot be read")]
    public async Task Key_of_backups_that_protects_nothing_is_refused(string kind, string message)
    {
        ScheduledBackupTests.WritePair(In("private.pem"), In("small.pem"), 1024);
        await File.WriteAllTextAsync(In("nonsense.pem"), "nonsense");
        var checkup = await Checkup.RunAsync(
            _fixture,
            $"--Backup:Directory={In("backups")}",
            $"--Backup:PublicKey={In(kind + ".pem")}"
        );
        checkup.AssertFails("settings", message, "Correct the named setting");
    }

    [Fact, Trait("Database", "sqlite")]
    public async Task Directory_of_backups_without_a_key_is_refused() =>
        (await Checkup.RunAsync(_fixture, $"--Backup:Directory={In("backups")}")).AssertFails(
            "settings",
            "Backup:PublicKey is not set",
            "Correct the named setting"
        );

    // Only PostgreSQL has tools of its own.
    [Fact, Trait("Database", "postgres")]
    public async Task Scheduled_backups_of_postgres_are_refused() =>
        (await Checkup.RunAsync(_fixture, $"--Backup:Directory={In("backups")}")).AssertFails(
            "settings",
            "PostgreSQL has tools of its own",
            "Correct the named setting"
        );

    private string In(string name) => Path.Combine(_fixture.Folder, name);
}
