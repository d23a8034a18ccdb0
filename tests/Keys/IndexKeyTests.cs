using System.Security.Cryptography;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Db.Writes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Ledger;
using Campaigns.Tests.Writes;
using Dapper;

namespace Campaigns.Tests.Keys;

public sealed class IndexKeyTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task A_person_is_recognised_before_while_and_after_rows_are_indexed_anew()
    {
        await _campaign.SignAsync("pending@example.org");
        await _campaign.ConfirmAsync("confirmed@example.org");
        await RotateAsync();
        await NobodyTwiceAsync();
        await _campaign.SignAsync("new@example.org");
        Assert.Equal([1L, 2L], IndexVersions());

        await ReSealAsync();
        Assert.Equal([2L], IndexVersions());
        await NobodyTwiceAsync();
        await RotateAsync();
        await NobodyTwiceAsync();
        await ReSealAsync();
        await NobodyTwiceAsync();
        Assert.Equal(3, Count("SELECT count(*) FROM signatures"));
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
        Assert.NotNull(
            (await SecondProcess.ListAsync(_campaign.Folder, _campaign.Clock))
                .Single(key => key is { Kind: "index", Version: 1 })
                .RetiredAt
        );

        File.Delete(Path.Combine(_campaign.Folder, "keys", "index-1.key"));
        await _campaign.RestartAsync();
        await NobodyTwiceAsync();
    }

    [Fact]
    public async Task Another_rotation_waits_for_the_rows_of_the_version_before()
    {
        await _campaign.SignAsync("kari@example.org");
        await RotateAsync();
        var refused = await SecondProcess.TryRotateAsync(_campaign.Folder, _campaign.Clock, "index");
        Assert.Contains("index-1", refused.Refused, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_campaign.Folder, "keys", "index-3.key")));
        Assert.Contains(
            "index-1",
            await SecondProcess.TryRetireAsync(_campaign.Folder, _campaign.Clock, "index", 1),
            StringComparison.Ordinal
        );
        await ReSealAsync();
        await RotateAsync();
    }

    [Fact]
    public async Task Whoever_wants_no_mail_is_found_through_the_old_key_until_that_ends()
    {
        var id = await _campaign.SignAsync("notme@example.org");
        Assert.Null(await _campaign.Get<ConfirmationStore>().NotMeAsync(_campaign.Link(LinkPurpose.NotMe, id)));
        await RotateAsync();
        await ReSealAsync();
        await _campaign.SignAsync("notme@example.org");
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
        Assert.Contains(
            "2026-08-15",
            (await SecondProcess.TryRotateAsync(_campaign.Folder, _campaign.Clock, "index")).Refused,
            StringComparison.Ordinal
        );
        Assert.NotNull(await SecondProcess.TryRetireAsync(_campaign.Folder, _campaign.Clock, "index", 1));
        Assert.Equal(
            1,
            (await SecondProcess.ListAsync(_campaign.Folder, _campaign.Clock))
                .Single(key => key is { Kind: "index", Version: 1 })
                .Suppressions
        );

        _campaign.Clock.Advance(TimeSpan.FromDays(90));
        await RotateAsync();
    }

    [Fact]
    public async Task A_backup_older_than_two_rotations_finds_everybody_and_is_brought_up_again()
    {
        await _campaign.SignAsync("pending@example.org");
        await _campaign.ConfirmAsync("confirmed@example.org");
        await _campaign.BackUpAsync();
        foreach (var kind in (string[])["index", "root", "index", "root"])
        {
            await SecondProcess.RotateAsync(_campaign.Folder, _campaign.Clock, kind);
            await ReSealAsync();
        }

        await _campaign.RestoreAsync();
        Assert.Equal([1L], IndexVersions());
        await NobodyTwiceAsync();
        await ReSealAsync();
        Assert.Equal([3L], IndexVersions());
        Assert.Equal(
            0,
            Count(
                "SELECT count(*) FROM signatures WHERE substr(contact, 1, 1) <> @version",
                new { version = new byte[] { 3 } }
            )
        );
        await NobodyTwiceAsync();
    }

    [Fact]
    public async Task A_mailbox_that_bounced_gets_no_letter_after_its_signature_was_indexed_anew()
    {
        await _campaign.ConfirmAsync("bounced@example.org");
        var letters = _campaign.Get<LetterStore>();
        foreach (var letter in await letters.ClaimAsync("me", 10, default))
            await letters.MarkAsync([LetterOutcome.Sent(letter)], default);
        await _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "INSERT INTO suppressions SELECT campaign_id, blind_index, index_version, 'bounced', 0, @until FROM signatures",
                new { until = write.Now.AddDays(90).ToUnixTimeMilliseconds() }
            )
        );
        await RotateAsync();
        await ReSealAsync();
        Assert.Equal(2, Count("SELECT index_version FROM suppressions"));
        Assert.Equal(
            1,
            Count("SELECT count(*) FROM suppressions u JOIN signatures s ON s.blind_index = u.blind_index")
        );
        // Nothing is found through the old key alone, so it can go at once.
        await RotateAsync();
    }

    [Fact]
    [Trait("Database", "postgres")]
    public async Task A_request_that_waited_while_another_process_rotated_a_key_is_indexed_and_sealed_anew()
    {
        using var hold = await PausedWriter.OnAsync(_campaign.Database.Writes);
        var signing = _campaign.SignAsync("kari@example.org");
        foreach (var kind in (string[])["index", "root"])
            await SecondProcess.RotateAsync(_campaign.Folder, _campaign.Clock, kind);
        await Task.WhenAll(hold.ReleaseAsync(), signing);
        await AssertAnewAsync();
    }

    // SecondProcess one file, whoever rotates keeps the lock that others wait for.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_request_that_waited_while_a_key_was_rotated_is_indexed_and_sealed_anew()
    {
        await using var beside = new SecondProcess(_campaign.Folder, _campaign.Clock);
        using var rotation = await PausedWriter.OnAsync(beside.Database.Writes, write =>
        {
            foreach (var kind in (string[])["index", "root"])
            {
                var key = RandomNumberGenerator.GetBytes(32);
                File.WriteAllBytes(Path.Combine(_campaign.Folder, "keys", $"{kind}-2.key"), key);
                write.Connection.Execute(
                    "INSERT INTO key_checks (kind, version, check_value, created_at) VALUES (@kind, 2, @check, 0)",
                    new { kind, check = HMACSHA256.HashData(key, "campaign-key-check-v1"u8) }
                );
            }
        });
        // Prepared under version 1, it now waits for the write lock.
        var signing = _campaign.SignAsync("kari@example.org");
        await Task.WhenAll(rotation.ReleaseAsync(), signing);
        await AssertAnewAsync();
    }

    // As when a process began on an empty database, stood still while another one was moved into it, and wakes.
    [Fact]
    public async Task Nothing_is_written_under_keys_of_a_database_that_is_no_longer_there()
    {
        await _campaign.SignAsync("kari@example.org");
        using (var past = DatabaseUnderTest.Open(Path.Combine(_campaign.Folder, "data")))
            past.Execute(
                "UPDATE key_checks SET check_value = @other, created_at = created_at + 1",
                new { other = RandomNumberGenerator.GetBytes(32) }
            );
        await Assert.ThrowsAsync<StorageException>(() => _campaign.SignAsync("ola@example.org"));
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
    }

    /// <summary>
    /// The one who signed stands under the second version of each key, and is found again.
    /// </summary>
    private async Task AssertAnewAsync()
    {
        Assert.Equal([2L], IndexVersions());
        Assert.Equal(
            0,
            Count(
                "SELECT count(*) FROM signatures WHERE substr(contact, 1, 1) <> @version OR substr(person, 1, 1) <> @version OR substr(ledger_key, 1, 1) <> @version",
                new { version = new byte[] { 2 } }
            )
        );
        await _campaign.SignAsync("kari@example.org");
        Assert.Equal(1, Count("SELECT count(*) FROM signatures"));
    }

    /// <summary>
    /// Both sign again, in other capitals: the one's data are replaced, the other gets a letter,
    /// and there is no third row of them.
    /// </summary>
    private async Task NobodyTwiceAsync()
    {
        var rows = Count("SELECT count(*) FROM signatures");
        var told = Count("SELECT count(*) FROM letters WHERE kind = 'already-signed'");
        var replaced = Count("SELECT sum(confirm_generation) FROM signatures");
        await _campaign.SignAsync("Pending@Example.org");
        await _campaign.SignAsync("Confirmed@Example.org");
        Assert.Equal(
            (rows, told + 1, replaced + 1),
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

    private Task<int> RotateAsync() => SecondProcess.RotateAsync(_campaign.Folder, _campaign.Clock, "index");

    private Task ReSealAsync() =>
        SecondProcess.ReSealAsync(
            _campaign.Get<KeyRing>(),
            _campaign.Get<CampaignStore>(),
            _campaign.Get<ReencryptionStore>(),
            _campaign.Log
        );

    private List<long> IndexVersions() =>
        _campaign.Query(connection =>
            connection
                .Query<long>("SELECT DISTINCT index_version FROM signatures WHERE blind_index IS NOT NULL ORDER BY 1")
                .ToList()
        );

    private long Count(string sql, object? parameters = null) =>
        _campaign.Query(connection => connection.QuerySingle<long>(sql, parameters));
}
