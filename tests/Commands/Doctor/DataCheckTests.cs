using System.Globalization;
using Campaigns.Checks;
using Campaigns.Tests.Faults;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>Checks of keys, database, disk and clock, each with the thing broken.</summary>
public sealed class DataCheckTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private string Keys => Path.Combine(_fixture.Folder, "keys");

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture().StartAsync();
        await _fixture.ConfirmAsync("one@example.org");
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Missing_key_is_found()
    {
        File.Move(Path.Combine(Keys, "token-1.key"), Path.Combine(_fixture.Folder, "elsewhere"));
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertFails("key-files", "no key file of kind token", "copy of the keys");
        checkup.AssertFails("keys-match", "token-1.key of this database is missing", "Keys:Directory");
        checkup.AssertPasses("decryption");
    }

    [Fact]
    public async Task Key_that_others_read_is_found()
    {
        Command.Run("chmod", "640", Path.Combine(Keys, "root-1.key"));
        (await Checkup.RunAsync(_fixture)).AssertFails("key-files", "Run: chmod 600", "chmod");
    }

    [Fact]
    public async Task Key_of_another_database_is_found()
    {
        KeyFile.Write(Path.Combine(Keys, "root-1.key"), new byte[32]);
        var checkup = await Checkup.RunAsync(_fixture);
        checkup.AssertFails("keys-match", "root-1.key does not belong to this database", "Keys:Directory");
        checkup.AssertFails("decryption", "1 of 1 sampled rows cannot be decrypted", "restore a backup");
        checkup.AssertPasses("key-files");
    }

    [Fact]
    public async Task Damaged_row_is_found()
    {
        Checkup.Execute(_fixture, "UPDATE signatures SET contact = person");
        (await Checkup.RunAsync(_fixture)).AssertFails("decryption", "cannot be decrypted", "rows are damaged");
    }

    [Theory]
    [InlineData("3.51.2", CheckState.Fail)]
    [InlineData("3.53.4", CheckState.Pass)]
    [InlineData("nonsense", CheckState.Warn)]
    public void Sqlite_with_a_known_fault_is_found(string version, CheckState expected) =>
        Assert.Equal(expected, EngineVersions.CheckSqlite(version).State);

    [Theory]
    [InlineData("14.9", CheckState.Fail)]
    [InlineData("17.1 (Debian 17.1-1)", CheckState.Warn)]
    [InlineData("17.2 (Debian 17.2-1)", CheckState.Pass)]
    public void Postgres_with_a_known_fault_is_found(string version, CheckState expected) =>
        Assert.Equal(expected, EngineVersions.CheckPostgres(version).State);

    // Only PostgreSQL can be told to acknowledge before the disk has a commit.
    [Fact, Trait("Database", "postgres")]
    public async Task Database_that_loses_commits_is_found()
    {
        Checkup.Execute(
            _fixture,
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$"
        );
        (await Checkup.RunAsync(_fixture)).AssertFails("database", "off is synchronous_commit", "Database:*");
    }

    [Fact]
    public async Task Schema_of_another_program_is_found()
    {
        Checkup.Execute(_fixture, "INSERT INTO migrations (name, applied_at) VALUES ('9999_future.sql', 1)");
        (await Checkup.RunAsync(_fixture)).AssertFails("schema", "newest is 9999_future.sql", "needs that program");
    }

    [Fact]
    public async Task Migration_that_did_not_run_is_found()
    {
        Checkup.Execute(_fixture, "DELETE FROM migrations WHERE name = '0065_freezes.sql'");
        (await Checkup.RunAsync(_fixture)).AssertWarns("schema", "first is 0065_freezes.sql", "Run migrate");
    }

    // Only the file of the embedded database can be damaged here.
    [Fact, Trait("Database", "sqlite")]
    public async Task Damaged_page_is_found()
    {
        await _fixture.RestartAsync(
            data =>
            {
                using var file = File.OpenWrite(Path.Combine(data, "campaign.db"));
                file.Seek(-40_960, SeekOrigin.End);
                file.Write([.. Enumerable.Repeat((byte)0xA5, 8_192)]);
            },
            serving: false
        );
        (await Checkup.RunAsync(_fixture)).AssertFails("integrity", "damaged", "restore-drill accepts");
    }

    // PostgreSQL retains its log for slots; a slot that retains a gigabyte would have to write one.
    [Fact, Trait("Database", "sqlite")]
    public async Task Log_that_grew_is_found()
    {
        await _fixture.RestartAsync(
            data =>
            {
                // A sparse file: its zeros are no log, so that the database is read as it is.
                using var log = File.Create(Path.Combine(data, "campaign.db-wal"));
                log.SetLength(1_100_000_000);
            },
            serving: false
        );
        (await Checkup.RunAsync(_fixture)).AssertWarns("write-ahead-log", "1100 MB", "End long reads");
    }

    [Fact]
    public async Task Small_disk_in_memory_is_found()
    {
        using var disk = new SmallDisk();
        var checkup = await Checkup.RunOnAsync(disk.Data, Keys);
        checkup.AssertFails("disk-space", "MB left", "Free space");
        checkup.AssertFails("file-system", "in memory (tmpfs)", "local disk");
        checkup.AssertPasses("fsync");
        disk.Fill();
        (await Checkup.RunOnAsync(disk.Data, Keys)).AssertFails("fsync", "cannot be written", "full, read-only");
        disk.FreeSpace();
    }

    [Theory]
    [InlineData("nfs4", CheckState.Fail)]
    [InlineData("cifs", CheckState.Fail)]
    [InlineData("ext4", CheckState.Pass)]
    public void Network_file_system_is_found(string name, CheckState expected) =>
        Assert.Equal(expected, FileSystems.Check(name).State);

    [Fact]
    public async Task Clock_behind_the_last_run_is_found()
    {
        var future = TimeProvider.System.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds();
        Checkup.Execute(_fixture, "DELETE FROM clock");
        Checkup.Execute(
            _fixture,
            string.Create(CultureInfo.InvariantCulture, $"INSERT INTO clock (id, seen_at) VALUES (1, {future})")
        );
        (await Checkup.RunAsync(_fixture)).AssertFails("clock", "last run of a server", "NTP");
    }
}
