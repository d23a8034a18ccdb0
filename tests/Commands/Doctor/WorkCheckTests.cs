using System.Globalization;
using Campaigns.Checks;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>Checks of what the program does over time, each with the thing broken.</summary>
public sealed class WorkCheckTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 1).StartAsync();
        await _fixture.ConfirmAsync("one@example.org");
        await _fixture.SealAllAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory, InlineData(30, "warn"), InlineData(300, "fail"), InlineData(5, "pass")]
    public async Task Letter_that_waits_is_found(int minutes, string expected)
    {
        Break($"UPDATE letters SET state = 'queued', due_at = {Milliseconds(Now.AddMinutes(-minutes))}");
        var checkup = await Checkup.RunAsync(_fixture);
        Assert.Equal(expected, checkup.Result("outbox"));
        if (expected == "fail")
            checkup.AssertFails("outbox", "has been due for 300 minutes", "whether a worker runs");
    }

    [Fact]
    public async Task Letters_that_were_given_up_are_found()
    {
        foreach (var (fate, letters) in ((string, int)[])[("accepted", 70), ("refused", 20), ("unknown", 10)])
            Break(
                $"""
                INSERT INTO letter_days (campaign_id, day, fate, code, writer, value)
                VALUES ({_fixture.Campaign.Id}, '{Now:yyyy-MM-dd}', '{fate}', '', 63, {letters})
                """
            );
        (await Checkup.RunAsync(_fixture)).AssertFails("given-up-letters", "100 letters", "SPF, DKIM and DMARC");
    }

    [Fact]
    public async Task Drift_is_found()
    {
        Recounted(Now.AddMinutes(-5), drift: 3);
        (await Checkup.RunAsync(_fixture)).AssertFails("counters", CampaignFixture.Slug, "The next recount");
    }

    [Fact]
    public async Task Recount_that_stopped_is_found()
    {
        Recounted(Now.AddHours(-5), drift: 0);
        (await Checkup.RunAsync(_fixture)).AssertWarns("counters", "300 minutes old", "The next recount");
    }

    [Fact]
    public async Task Ledger_behind_is_found()
    {
        Break("UPDATE campaigns SET ledger_behind = 1");
        (await Checkup.RunAsync(_fixture)).AssertFails("ledger", "behind the published ledger", "ledger import");
    }

    [Fact]
    public async Task Changed_line_is_found()
    {
        (await Checkup.RunAsync(_fixture)).AssertPasses("ledger-rebuild");
        // The table only grows; the guard goes first.
        Break(TestSql.DropTrigger("ledger_keeps_lines", "ledger_entries"));
        Break("UPDATE ledger_entries SET line = replace(line, 'GB', 'NL')");
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertFails("ledger-rebuild", CampaignFixture.Slug, "restore the newest backup");
    }

    [Fact]
    public async Task Changed_audit_line_is_found()
    {
        await _fixture.Get<AuditChainStore>().LinkAsync(default);
        (await Checkup.RunAsync(_fixture)).AssertPasses("audit");
        Break(TestSql.DropTrigger("audit_keeps_words", "audit"));
        Break("UPDATE audit SET action = 'campaign.close' WHERE action = 'campaign.open'");
        (await Checkup.RunAsync(_fixture)).AssertFails("audit", "was changed", "audit check");
    }

    [Fact]
    public async Task Lost_journal_is_found()
    {
        Break(
            """
            INSERT INTO journal_gaps (installation, file, sequence, hash, found_at)
            VALUES ('x', 'journal.jsonl', 3, 'x', 1)
            """
        );
        (await Checkup.RunAsync(_fixture)).AssertFails("journal", "1 file of the journal", "journal acknowledge");
    }

    [Fact]
    public async Task Stale_packet_is_found()
    {
        Break(
            $"""
            INSERT INTO packets (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale,
                include_csv, cut_off_size, cut_off_root, requested_at, requested_by, status, line_key)
            VALUES (1, {_fixture.Campaign.Id}, 'x', 'GB', 'count', 'count', 'en', 0, 1, 'x', 1, 1, 'stale', 'x')
            """
        );
        (await Checkup.RunAsync(_fixture)).AssertWarns("stale-packets", "1 packet changed", "Build them again");
    }

    [Fact]
    public async Task Old_backup_and_failed_drill_are_found()
    {
        if (DatabaseUnderTest.IsPostgres)
        {
            (await Checkup.RunAsync(_fixture)).AssertSkips("backup", "its own tools");
            return;
        }
        (await Checkup.RunAsync(_fixture)).AssertWarns("backup", "No backup is known", "command backup");
        Audited("backup.create", Now.AddDays(-3), null);
        Audited("backup.drill", Now.AddDays(-100), "succeeded");
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertWarns("backup", "72 hours ago", "command backup");
        checkup.AssertWarns("restore-drill", "100 days ago", "newest backup");
        Audited("backup.drill", Now.AddDays(-1), "failed");
        (await Checkup.RunAsync(_fixture)).AssertFails("restore-drill", "could not restore", "newest backup");
    }

    [Fact]
    public async Task Data_kept_beyond_its_time_is_found()
    {
        await _fixture.SignAsync("late@example.org");
        Break("DELETE FROM letters");
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertFails("retention", "1 unconfirmed signatures", "expire-pending");
        Break("INSERT INTO network_keys (day, sealed_key) VALUES ('2020-01-01', 'x')");
        (await Checkup.RunAsync(_fixture)).AssertFails("retention", "keys of network counters", "destroy-network-keys");
    }

    [Fact]
    public async Task Member_with_a_password_alone_is_found()
    {
        await _fixture.Get<StaffStore>().AddAsync("Ada", Role.Administrator, [], Actor.Operator);
        Break(
            """
            INSERT INTO staff_accounts (staff_id, version, password_hash, stamp, changed_at)
            SELECT id, 1, 'x', 'x', 1 FROM staff
            """
        );
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertWarns("second-factor", "1 member of staff", "passkey or an authenticator app");
        checkup.AssertWarns("administrators", "No administrator", "presses the button");
    }

    [Fact]
    public async Task Passkey_of_another_host_is_found()
    {
        await _fixture.Get<StaffStore>().AddAsync("Ada", Role.Administrator, [], Actor.Operator);
        Break(
            """
            INSERT INTO staff_passkeys (id, credential_id, staff_id, host, name, public_key, sign_count, verified,
                backup_eligible, backed_up, attestation, client_data, created_at)
            SELECT 1, 'x', id, 'old.example.org', 'x', 'x', 0, 1, 0, 0, 'x', 'x', 1 FROM staff
            """
        );
        (await Checkup.RunAsync(_fixture)).AssertWarns("passkeys", "1 passkey of another host", "Set PublicUrl");
    }

    [Fact]
    public async Task Freeze_is_found()
    {
        Break("INSERT INTO freezes (one, reason, since) VALUES (1, 'x', 1)");
        (await Checkup.RunAsync(_fixture)).AssertWarns("freeze", "frozen", "unfreeze");
    }

    [Theory]
    [InlineData("Letter to kari@example.org was refused")]
    [InlineData("GET /my/AQAAABCDEFGHijklmnop0123456789abcdefgh")]
    [InlineData("Host=db;Username=campaign;Password=hunter22")]
    [InlineData("the token AbCdEfGhIjKlMnOpQrStUvWxYz012345 was refused")]
    [InlineData("the value canary-setting-value was used")]
    public async Task Personal_data_in_the_log_is_found(string line)
    {
        var log = Path.Combine(_fixture.Folder, "server.log");
        await File.WriteAllTextAsync(log, "info: 463856467968002048 letters were sent (4002)\n");
        string[] settings =
        [
            $"--Doctor:LogFile={log}",
            "--Mail:Password=canary-setting-value",
            "--Mail:User=canary-user",
        ];
        (await Checkup.RunAsync(_fixture, settings)).AssertPasses("log");
        await File.AppendAllTextAsync(log, line + "\n");
        var checkup = await Checkup.RunAsync(_fixture, settings);
        checkup.AssertFails("log", "1 of the last 2 lines", "delete them");
        Assert.DoesNotContain(line, checkup.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_that_is_not_there_is_found()
    {
        var checkup = await Checkup.RunAsync(_fixture, $"--Doctor:LogFile={_fixture.Folder}/none.log");
        checkup.AssertFails("log", "no file of the name Doctor:LogFile", "Read those lines");
    }

    [Theory]
    [InlineData(19, 19, CheckState.Pass)]
    [InlineData(5, 100, CheckState.Pass)]
    [InlineData(6, 100, CheckState.Warn)]
    [InlineData(21, 100, CheckState.Fail)]
    public void Share_of_given_up_letters_decides(long givenUp, long all, CheckState expected) =>
        Assert.Equal(expected, CheckLimits.GivenUpLetters(givenUp, all));

    private void Recounted(DateTimeOffset at, int drift)
    {
        Break("DELETE FROM recounts");
        Checkup.Execute(
            _fixture,
            "INSERT INTO recounts (campaign_id, drift, recounted_at) VALUES (@id, @drift, @at)",
            new
            {
                id = _fixture.Campaign.Id,
                drift,
                at = at.ToUnixTimeMilliseconds(),
            }
        );
    }

    private void Audited(string action, DateTimeOffset at, string? detail) =>
        Checkup.Execute(
            _fixture,
            "INSERT INTO audit (id, at, action, detail) VALUES (@id, @at, @action, @detail)",
            new
            {
                id = Ids.First(at),
                at = at.ToUnixTimeMilliseconds(),
                action,
                detail,
            }
        );

    private void Break(string sql) => Checkup.Execute(_fixture, sql);

    private static string Milliseconds(DateTimeOffset at) =>
        at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
