using System.Data.Common;
using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// A move that is killed leaves one side that serves, or none and the next run ends it; never two.
/// </summary>
[Trait("Database", "postgres")]
public sealed class KilledMoveTests : IAsyncLifetime
{
    private MigrationPair _sides = null!;

    public async Task InitializeAsync() => _sides = await new MigrationPair().WithCampaignAsync();

    public async Task DisposeAsync() => await _sides.DisposeAsync();

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Killed_while_it_copies_the_old_side_goes_on_and_the_second_run_takes_what_came_since()
    {
        await using (var old = await CampaignServer.StartAsync(_sides.Folder, _sides.Old))
        {
            using var hold = _sides.Hold("letters", "INSERT");
            await using (var killed = _sides.BeginMove())
            {
                await hold.ReachedAsync();
                // Whoever writes meanwhile is asked to come back, and whoever reads is answered.
                foreach (var _ in Enumerable.Range(0, 2))
                {
                    var answer = await old.Http.PostAsJsonAsync(
                        $"/api/campaigns/{MigrationPair.Slug}/signatures",
                        CampaignServer.Signature("meanwhile@example.org")
                    );
                    await answer.ProblemAsync(503, "overloaded");
                    Assert.NotNull(answer.Headers.RetryAfter);
                }
                await CampaignServer.Expect(
                    200,
                    await old.Http.GetAsync($"/api/campaigns/{MigrationPair.Slug}/counts")
                );
                await CampaignServer.Expect(503, await old.Http.GetAsync("/healthz/ready"));
                await killed.KillAsync();
            }
            await hold.EndAsync();
            await old.SignAndConfirmAsync(MigrationPair.Slug, CampaignServer.Signature("meanwhile@example.org"));
            await CampaignServer.UntilAsync(
                async () => (await old.Http.GetAsync("/healthz/ready")).IsSuccessStatusCode,
                "the old side is not ready again"
            );
        }
        Assert.Equal("filling", _sides.QueryNew<string>("SELECT state FROM fence"));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_sides.Folder));
        Assert.Equal(2, Assert.Single(_sides.Move()).Confirmed);
        await AssertNewServesAsync();
    }

    [Fact]
    public async Task Killed_between_the_two_fences_nobody_serves_until_the_next_run_ends_it()
    {
        using (var hold = _sides.Hold("fence", "DELETE"))
        {
            await using (var killed = _sides.BeginMove())
            {
                await hold.ReachedAsync();
                await killed.KillAsync();
            }
            await hold.EndAsync();
        }
        Assert.Equal("moved", _sides.QueryOld<string>("SELECT state FROM fence"));
        // A server of a version that knows of no fence may have the file open.
        Assert.ThrowsAny<DbException>(() =>
            _sides.QueryOld<long>("INSERT INTO clock (id, seen_at) VALUES (7, 7) RETURNING id")
        );
        Assert.Equal("filling", _sides.QueryNew<string>("SELECT state FROM fence"));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_sides.Folder, _sides.Old));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_sides.Folder));

        // Another database does not end it, not even with the same rows: it waits for another move.
        var other = Directory.CreateTempSubdirectory("campaign-move-other-").FullName;
        try
        {
            DatabaseUnderTest.Copy(_sides.Folder, other);
            var elsewhere = DatabaseUnderTest.Settings(other)["Database:ConnectionString"]!;
            using (var connection = new Npgsql.NpgsqlConnection(elsewhere + ";Pooling=false"))
                connection.Execute("UPDATE fence SET set_at = set_at - 1");
            Assert.Contains("is refused for good", _sides.Refusal(elsewhere), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(other);
        }

        Assert.Equal(1, Assert.Single(_sides.Move()).LedgerSize);
        await AssertNewServesAsync();
        Assert.Contains("is refused for good", _sides.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_at_once_one_moves_and_the_other_is_refused()
    {
        var both = await Task.WhenAll(_sides.RunMoveAsync(), _sides.RunMoveAsync());
        Assert.Equal([0, 1], both.Select(run => run.Code).Order());
        Assert.NotEmpty(both.Single(run => run.Code == 1).Errors);
        await AssertNewServesAsync();
    }

    [Fact]
    public async Task Two_installations_do_not_move_into_one_database()
    {
        await using var second = await new MigrationPair().WithCampaignAsync();
        using var hold = _sides.Hold("letters", "INSERT");
        await using (var first = _sides.BeginMove())
        {
            await hold.ReachedAsync();
            Assert.Contains(
                "Another move into that database is under way",
                second.Refusal(_sides.Target),
                StringComparison.Ordinal
            );
            await first.KillAsync();
        }
        await hold.EndAsync();
        Assert.Single(second.Move(_sides.Target));
        Assert.Contains("is not empty", _sides.Refusal(), StringComparison.Ordinal);
        await using var old = await CampaignServer.StartAsync(_sides.Folder, _sides.Old);
    }

    private async Task AssertNewServesAsync()
    {
        await using var server = await CampaignServer.StartAsync(_sides.Folder);
        await server.SignAndConfirmAsync(MigrationPair.Slug, CampaignServer.Signature("new@example.org"));
        var sealedUp = _sides.QueryNew<long>("SELECT count(*) FROM signatures WHERE state = 'confirmed'");
        await CampaignServer.UntilAsync(
            async () =>
                (long)(await server.GetJsonAsync($"/api/campaigns/{MigrationPair.Slug}/ledger/head"))["size"]!
                == sealedUp,
            "nobody is sealed"
        );
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_sides.Folder, _sides.Old));
    }
}
