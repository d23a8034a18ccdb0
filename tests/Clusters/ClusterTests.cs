using System.Globalization;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Three APIs and two workers on one PostgreSQL, under load, while they are killed and held still
/// one after the other: the same guarantees as one server gives.
/// </summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class ClusterTests(ITestOutputHelper output) : IDisposable
{
    private const string Leaving = "leaving";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-cluster-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("memory")]
    [InlineData("postgres")]
    public async Task Killed_and_held_still_at_random_three_apis_and_two_workers_keep_their_word(string jobs)
    {
        using var server = PostgresServer.Start("max_connections=200");
        DatabaseUnderTest.Give(_folder, server.CreateDatabase("campaign"));
        await using var cluster = await Cluster.StartAsync(_folder, apis: 3, workers: 2, $"--Jobs:Storage={jobs}");
        var staff = await KillTests.StaffAsync(_folder);
        await KillTests.OpenAsync(cluster.Apis[0].Http, staff);
        await KillTests.OpenAsync(cluster.Apis[1].Http, staff, Leaving, sensitive: false);
        await cluster.ShowAsync(KillTests.Slug, Leaving);
        ClusterChecks.CountMarks(_folder);

        await using var letters = new MailWatcher(Path.Combine(_folder, "mail"));
        var acknowledged = new AcknowledgedSignatures { Late = true };
        var load = new SigningLoad(letters.Unread, acknowledged, KillTests.Slug)
        {
            Repeats = true,
            Pause = TimeSpan.FromMilliseconds(40),
            PauseAfterNo = TimeSpan.FromMilliseconds(200),
        };
        var leavers = new WithdrawingSigners(cluster.Any, letters, Leaving);
        using var stop = new CancellationTokenSource();
        var people = Task.WhenAll(load.RunAsync(cluster.Any, 6, 3, stop.Token), leavers.RunAsync(6, stop.Token));
        var packets = new ClusterPackets(cluster, _folder, staff);
        IReadOnlyList<string> interrupted;
        try
        {
            interrupted = await new FaultInjector(cluster, _folder, output).RunAsync(packets);
            // All of them run again.
            await cluster.ReadyAsync();
            var confirmed = acknowledged.Confirmed.Count;
            await CampaignServer.UntilAsync(
                () => acknowledged.Confirmed.Count > Math.Max(confirmed + 20, 100) && leavers.Left > 8,
                "people do not sign, confirm and leave again",
                120
            );
        }
        catch
        {
            output.WriteLine(cluster.Complaints);
            await stop.CancelAsync();
            throw;
        }
        await stop.CancelAsync();
        await people;
        var quiet = await packets.OrderAsync(Leaving);

        Assert.True(
            load.Unexpected.IsEmpty && leavers.Unexpected.IsEmpty,
            $"{string.Join(", ", load.Unexpected.Concat(leavers.Unexpected))}\n{cluster.Complaints}"
        );
        await acknowledged.AssertKeptAsync(_folder, cluster.Any, staff, KillTests.Slug);
        await leavers.AssertObeyedAsync();
        await ClusterChecks.SealedAsync(_folder);
        using (var database = DatabaseUnderTest.Open(_folder))
        {
            leavers.AssertRows(
                database
                    .Query<(string State, long Rows)>(
                        "SELECT state, count(*) FROM signatures WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = @Leaving) GROUP BY 1",
                        new { Leaving }
                    )
                    .ToDictionary(row => row.State, row => row.Rows)
            );
            ClusterChecks.AssertMarkedOnce(database, letters);
        }
        foreach (var slug in (string[])[KillTests.Slug, Leaving])
            await ClusterChecks.AssertAgreedAsync(cluster, _folder, slug);
        foreach (var packet in interrupted)
            await packets.AssertBuiltAgainAsync(packet);
        await packets.AssertTrueAsync(quiet);
        await ClusterChecks.AssertRecountedAsync(cluster, _folder);
        ClusterChecks.AssertNothingPersonal(cluster, server, _folder, staff, acknowledged);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {acknowledged.People.Count} signed, {acknowledged.Confirmed.Count} confirmed, {leavers.Stayed} stayed, {leavers.Left} left, {letters.Ids.Count} letters, of which {letters.Again.Count} were sent more than once;
                answers: {string.Join(", ", load.Statuses.Select(status => $"{status.Key} × {status.Value}"))}
                """
            )
        );
    }
}
