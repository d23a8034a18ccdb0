using Campaigns.Db.Counts;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Staff;
using Campaigns.Invalidations;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Invalidations;
using Dapper;

namespace Campaigns.Tests.Stores.Invalidations;

/// <summary>
/// Bulk invalidations of a <see cref="CampaignFixture"/>, asked for by two members.
/// </summary>
internal static class InvalidationFixture
{
    public static readonly Actor One = new(1);
    public static readonly Actor Other = new(2);

    /// <summary>Asks for a count and lets the worker count.</summary>
    public static async Task<Invalidation> CountAsync(
        this CampaignFixture fixture,
        InvalidationConditions conditions,
        string reason = "robots"
    )
    {
        var asked = await fixture.Database.Writes.RunAsync(write =>
            InvalidationStore.Create(write, fixture.Campaign, conditions, reason, One)
        );
        Assert.Equal(InvalidationStatus.Counting, asked.Status);
        await fixture.RunAsync<RunInvalidationsJob>();
        return fixture.FindInvalidation(asked.Id);
    }

    /// <summary>Starts what was counted, with the approval of the other member.</summary>
    public static async Task StartAsync(this CampaignFixture fixture, Invalidation counted)
    {
        var store = fixture.Get<InvalidationStore>();
        Assert.Null(await store.StartAsync(fixture.Campaign, counted.Id, counted.Covered!.Value, One));
        if (fixture.FindInvalidation(counted.Id).Status == InvalidationStatus.AwaitingApproval)
            Assert.Null(await store.ApproveAsync(fixture.Campaign, counted.Id, Other));
        Assert.Equal(InvalidationStatus.Running, fixture.FindInvalidation(counted.Id).Status);
    }

    /// <summary>Counts, starts and runs to the end.</summary>
    public static async Task<Invalidation> InvalidateAsync(
        this CampaignFixture fixture,
        InvalidationConditions conditions
    )
    {
        var counted = await fixture.CountAsync(conditions);
        await fixture.StartAsync(counted);
        await fixture.RunAsync<RunInvalidationsJob>();
        var done = fixture.FindInvalidation(counted.Id);
        Assert.Equal(InvalidationStatus.Done, done.Status);
        return done;
    }

    /// <summary>Undoes it to the end.</summary>
    public static async Task<Invalidation> UndoAsync(this CampaignFixture fixture, Invalidation done)
    {
        Assert.Null(await fixture.Get<InvalidationStore>().UndoAsync(fixture.Campaign, done.Id, One));
        await fixture.RunAsync<RunInvalidationsJob>();
        var undone = fixture.FindInvalidation(done.Id);
        Assert.NotNull(undone.UndoEndedAt);
        return undone;
    }

    public static Invalidation FindInvalidation(this CampaignFixture fixture, long id) =>
        fixture.Get<InvalidationStore>().Find(fixture.Campaign.Id, id)!;

    public static long CountRows(this CampaignFixture fixture, string condition, string table = "signatures") =>
        fixture.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {table} WHERE {condition}"));

    public static string StateOf(this CampaignFixture fixture, long id) =>
        fixture.Query(connection =>
            connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id })
        );

    /// <summary>Counters and ledger match the rows.</summary>
    public static void AssertNoDrift(this CampaignFixture fixture)
    {
        Assert.Equal(0, fixture.Get<RecountStore>().Drift(fixture.Campaign.Id));
        fixture.Query(connection =>
        {
            StoredSignatures.AssertCounted(connection);
            return true;
        });
    }
}
