using System.Data.Common;
using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// After a killed migration one database serves, or none until the next run completes it; never
/// two.
/// </summary>
[Trait("Database", "postgres")]
public sealed class KilledMoveTests : IAsyncLifetime
{
    private MigrationPair _pair = null!;

    public async Task InitializeAsync() => _pair = await new MigrationPair().WithCampaignAsync();

    public async Task DisposeAsync() => await _pair.DisposeAsync();

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Kill_during_the_copy_leaves_SQLite_serving_and_the_next_run_copies_all()
    {
        await using (var old = await CampaignServer.StartAsync(_pair.Folder, _pair.Old))
        {
            using var hold = _pair.Hold("letters", "INSERT");
            await using (var killed = _pair.BeginMove())
            {
                await hold.ReachedAsync();
                // During the copy writers get 503 with Retry-After, and readers get answers.
                foreach (var _ in Enumerable.Range(0, 2))
                {
                    var answer = await old.Http.PostAsJsonAsync(
                        $"/api/campaigns/{MigrationPair.Slug}/signatures",
                        CampaignServer.Signature("during@example.org")
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
            await old.SignAndConfirmAsync(MigrationPair.Slug, CampaignServer.Signature("during@example.org"));
            await CampaignServer.UntilAsync(
                async () => (await old.Http.GetAsync("/healthz/ready")).IsSuccessStatusCode,
                "the SQLite server does not become ready"
            );
        }
        Assert.Equal("filling", _pair.QueryNew<string>("SELECT state FROM fence"));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder));
        Assert.Equal(2, Assert.Single(_pair.Move()).Confirmed);
        await AssertNewServesAsync();
    }

    [Fact]
    public async Task Kill_between_the_two_fences_stops_both_sides_until_the_next_run()
    {
        using (var hold = _pair.Hold("fence", "DELETE"))
        {
            await using (var killed = _pair.BeginMove())
            {
                await hold.ReachedAsync();
                await killed.KillAsync();
            }
            await hold.EndAsync();
        }
        Assert.Equal("moved", _pair.QueryOld<string>("SELECT state FROM fence"));
        // A server of a version without the fence may have the file open.
        Assert.ThrowsAny<DbException>(() =>
            _pair.QueryOld<long>("INSERT INTO clock (id, seen_at) VALUES (7, 7) RETURNING id")
        );
        Assert.Equal("filling", _pair.QueryNew<string>("SELECT state FROM fence"));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder, _pair.Old));
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder));

        // Another target does not complete it, even with the same rows, because it belongs to another migration.
        var other = Directory.CreateTempSubdirectory("campaign-move-other-").FullName;
        try
        {
            DatabaseUnderTest.Copy(_pair.Folder, other);
            var elsewhere = DatabaseUnderTest.Settings(other)["Database:ConnectionString"]!;
            using (var connection = new Npgsql.NpgsqlConnection(elsewhere + ";Pooling=false"))
                connection.Execute("UPDATE fence SET set_at = set_at - 1");
            Assert.Contains("is refused for good", _pair.Refusal(elsewhere), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(other);
        }

        Assert.Equal(1, Assert.Single(_pair.Move()).LedgerSize);
        await AssertNewServesAsync();
        Assert.Contains("is refused for good", _pair.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_concurrent_migration_is_refused()
    {
        var both = await Task.WhenAll(_pair.RunMoveAsync(), _pair.RunMoveAsync());
        Assert.Equal([0, 1], both.Select(run => run.Code).Order());
        Assert.NotEmpty(both.Single(run => run.Code == 1).Errors);
        await AssertNewServesAsync();
    }

    [Fact]
    public async Task Two_installations_cannot_migrate_into_one_database()
    {
        await using var second = await new MigrationPair().WithCampaignAsync();
        using var hold = _pair.Hold("letters", "INSERT");
        await using (var first = _pair.BeginMove())
        {
            await hold.ReachedAsync();
            Assert.Contains(
                "Another move into that database is under way",
                second.Refusal(_pair.Target),
                StringComparison.Ordinal
            );
            await first.KillAsync();
        }
        await hold.EndAsync();
        Assert.Single(second.Move(_pair.Target));
        Assert.Contains("is not empty", _pair.Refusal(), StringComparison.Ordinal);
        await using var old = await CampaignServer.StartAsync(_pair.Folder, _pair.Old);
    }

    private async Task AssertNewServesAsync()
    {
        await using var server = await CampaignServer.StartAsync(_pair.Folder);
        await server.SignAndConfirmAsync(MigrationPair.Slug, CampaignServer.Signature("new@example.org"));
        var confirmed = _pair.QueryNew<long>("SELECT count(*) FROM signatures WHERE state = 'confirmed'");
        await CampaignServer.UntilAsync(
            async () =>
                (long)(await server.GetJsonAsync($"/api/campaigns/{MigrationPair.Slug}/ledger/head"))["size"]!
                == confirmed,
            "no entry is sealed"
        );
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder, _pair.Old));
    }
}
