using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Counts;
using Campaigns.Db.Engine;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Engine;
using Dapper;

namespace Campaigns.Tests.Stores.Keys;

public sealed class IndexKeyTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Signer_is_recognised_before_during_and_after_reindexing()
    {
        await _campaign.SignAsync("pending@example.org");
        await _campaign.ConfirmAsync("confirmed@example.org");
        await RotateAsync();
        await AssertNoDuplicatesAsync();
        await _campaign.SignAsync("new@example.org");
        Assert.Equal([1L, 2L], IndexVersions());

        await ReencryptAsync();
        Assert.Equal([2L], IndexVersions());
        await AssertNoDuplicatesAsync();
        await RotateAsync();
        await AssertNoDuplicatesAsync();
        await ReencryptAsync();
        await AssertNoDuplicatesAsync();
        Assert.Equal(3, Count("SELECT count(*) FROM signatures"));
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
        Assert.NotNull((await _campaign.ListKeysAsync()).Single(key => key is { Kind: "index", Version: 1 }).RetiredAt);

        File.Delete(Path.Combine(_campaign.Folder, "keys", "index-1.key"));
        await _campaign.RestartAsync();
        await AssertNoDuplicatesAsync();
    }

    [Fact]
    public async Task Rotation_is_refused_until_rows_of_the_previous_version_are_reindexed()
    {
        await _campaign.SignAsync("kari@example.org");
        await RotateAsync();
        var refused = await _campaign.TryRotateKeyAsync("index");
        Assert.Contains("index-1", refused.Refused, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_campaign.Folder, "keys", "index-3.key")));
        Assert.Contains("index-1", await _campaign.TryRetireKeyAsync("index", 1), StringComparison.Ordinal);
        await ReencryptAsync();
        await RotateAsync();
    }

    [Fact]
    public async Task Suppressed_address_is_found_through_the_old_key_until_it_expires()
    {
        var id = await _campaign.SignAsync("notme@example.org");
        Assert.Null(await _campaign.Get<NotMeStore>().RunAsync(_campaign.Link(LinkPurpose.NotMe, id)));
        await RotateAsync();
        await ReencryptAsync();
        await _campaign.SignAsync("notme@example.org");
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
        Assert.Contains("2026-08-15", (await _campaign.TryRotateKeyAsync("index")).Refused, StringComparison.Ordinal);
        Assert.NotNull(await _campaign.TryRetireKeyAsync("index", 1));
        Assert.Equal(
            1,
            (await _campaign.ListKeysAsync()).Single(key => key is { Kind: "index", Version: 1 }).Suppressions
        );

        _campaign.Clock.Advance(TimeSpan.FromDays(90));
        await RotateAsync();
    }

    [Fact]
    public async Task Backup_older_than_two_rotations_finds_all_signers_and_is_reindexed()
    {
        await _campaign.SignAsync("pending@example.org");
        await _campaign.ConfirmAsync("confirmed@example.org");
        await _campaign.BackUpAsync();
        foreach (var kind in (string[])["index", "root", "index", "root"])
        {
            await _campaign.RotateKeyAsync(kind);
            await ReencryptAsync();
        }

        await _campaign.RestoreAsync();
        Assert.Equal([1L], IndexVersions());
        await AssertNoDuplicatesAsync();
        await ReencryptAsync();
        Assert.Equal([3L], IndexVersions());
        Assert.Equal(
            0,
            Count(
                "SELECT count(*) FROM signatures WHERE substr(contact, 1, 1) <> @version",
                new { version = new byte[] { 3 } }
            )
        );
        await AssertNoDuplicatesAsync();
    }

    [Fact]
    public async Task Bounced_mailbox_gets_no_letter_after_reindexing()
    {
        await _campaign.ConfirmAsync("bounced@example.org");
        var letters = _campaign.Get<LetterStore>();
        foreach (var letter in await letters.ClaimAsync("me", 10, default))
            await letters.MarkAsync([LetterOutcome.Sent(letter)], default);
        await _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
                SELECT 1, campaign_id, blind_index, index_version, 'bounced', 0, @until FROM signatures
                """,
                new { until = write.Now.AddDays(90).ToUnixTimeMilliseconds() }
            )
        );
        await RotateAsync();
        await ReencryptAsync();
        Assert.Equal(2, Count("SELECT index_version FROM suppressions"));
        Assert.Equal(
            1,
            Count("SELECT count(*) FROM suppressions u JOIN signatures s ON s.blind_index = u.blind_index")
        );
        // No row depends on the old key only, so it can be retired at once.
        await RotateAsync();
    }

    [Fact]
    [Trait("Database", "postgres")]
    public async Task Request_waiting_during_another_process_rotation_uses_the_new_keys()
    {
        using var hold = await PausedWriter.OnAsync(_campaign.Database.Writes);
        var signing = _campaign.SignAsync("kari@example.org");
        foreach (var kind in (string[])["index", "root"])
            await _campaign.RotateKeyAsync(kind);
        await Task.WhenAll(hold.ReleaseAsync(), signing);
        await AssertNewKeysAsync();
    }

    // With SQLite a rotating process holds the lock that other writers wait for.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Request_waiting_during_a_rotation_uses_the_new_keys()
    {
        await using var second = _campaign.OpenCommand();
        using var rotation = await PausedWriter.OnAsync(second.Database.Writes, write =>
        {
            foreach (var kind in (string[])["index", "root"])
            {
                var key = RandomNumberGenerator.GetBytes(32);
                KeyFile.Write(Path.Combine(_campaign.Folder, "keys", $"{kind}-2.key"), key);
                write.Connection.Execute(
                    "INSERT INTO key_checks (kind, version, check_value, created_at) VALUES (@kind, 2, @check, 0)",
                    new { kind, check = HMACSHA256.HashData(key, "campaign-key-check-v1"u8) }
                );
            }
        });
        // Prepared under version 1, the request now waits for the write lock.
        var signing = _campaign.SignAsync("kari@example.org");
        await Task.WhenAll(rotation.ReleaseAsync(), signing);
        await AssertNewKeysAsync();
    }

    // A process began on an empty database and was paused while another database was migrated into it.
    [Fact]
    public async Task Keys_of_a_replaced_database_write_nothing()
    {
        await _campaign.SignAsync("kari@example.org");
        using (var connection = DatabaseUnderTest.Open(Path.Combine(_campaign.Folder, "data")))
            connection.Execute(
                "UPDATE key_checks SET check_value = @other, created_at = created_at + 1",
                new { other = RandomNumberGenerator.GetBytes(32) }
            );
        await Assert.ThrowsAsync<StorageException>(() => _campaign.SignAsync("ola@example.org"));
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
    }

    /// <summary>The signature has the second version of each key and is found again.</summary>
    private async Task AssertNewKeysAsync()
    {
        Assert.Equal([2L], IndexVersions());
        Assert.Equal(
            0,
            Count(
                """
                SELECT count(*) FROM signatures
                WHERE substr(contact, 1, 1) <> @version
                   OR substr(person, 1, 1) <> @version
                   OR substr(ledger_key, 1, 1) <> @version
                """,
                new { version = new byte[] { 2 } }
            )
        );
        await _campaign.SignAsync("kari@example.org");
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
    }

    /// <summary>
    /// Both sign again in other capitals, one with another name: one row is replaced, the other
    /// signer gets a letter, and
    /// there is no third row.
    /// </summary>
    private async Task AssertNoDuplicatesAsync()
    {
        var rows = Count("SELECT count(*) FROM signatures");
        var noticesBefore = Count("SELECT count(*) FROM letters WHERE kind = 'already-signed'");
        var replaced = Count("SELECT sum(confirm_generation) FROM signatures");
        await _campaign.SignAsync("Pending@Example.org", name: $"Kari {(char)('A' + replaced)}");
        await _campaign.SignAsync("Confirmed@Example.org");
        Assert.Equal(
            (rows, noticesBefore + 1, replaced + 1),
            (
                Count("SELECT count(*) FROM signatures"),
                Count("SELECT count(*) FROM letters WHERE kind = 'already-signed'"),
                Count("SELECT sum(confirm_generation) FROM signatures")
            )
        );
        var letters = Count("SELECT count(*) FROM letters WHERE kind = 'manage'");
        await _campaign
            .Get<SigningStore>()
            .SendManageLinkAsync(
                _campaign.Campaign,
                Campaigns.Signatures.EmailAddress.Parse("confirmed@example.org").Address!,
                null
            );
        Assert.Equal(letters + 1, Count("SELECT count(*) FROM letters WHERE kind = 'manage'"));
    }

    private Task<int> RotateAsync() => _campaign.RotateKeyAsync("index");

    private Task ReencryptAsync() => _campaign.ReencryptAsync();

    private List<long> IndexVersions() =>
        _campaign.Query(connection =>
            connection
                .Query<long>("SELECT DISTINCT index_version FROM signatures WHERE blind_index IS NOT NULL ORDER BY 1")
                .ToList()
        );

    private long Count(string sql, object? parameters = null) =>
        _campaign.Query(connection => connection.QuerySingle<long>(sql, parameters));
}
