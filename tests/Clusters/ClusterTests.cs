using System.Globalization;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Three APIs and two workers on one PostgreSQL, under load, while processes are killed and paused:
/// the guarantees are those of one server.
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
    public async Task Cluster_loses_nothing_when_processes_are_killed_and_paused_at_random(string jobs)
    {
        using var server = PostgresServer.Start("max_connections=200");
        DatabaseUnderTest.Assign(_folder, server.CreateDatabase("campaign"));
        await using var cluster = await Cluster.StartAsync(_folder, apis: 3, workers: 2, $"--Jobs:Storage={jobs}");
        var staff = await KillTests.StaffAsync(_folder);
        await KillTests.OpenAsync(cluster.Apis[0].Http, staff);
        await KillTests.OpenAsync(cluster.Apis[1].Http, staff, Leaving, sensitive: false);
        await cluster.ShowAsync(KillTests.Slug, Leaving);
        ClusterChecks.CountMarks(_folder);

        await using var letters = new MailWatcher(Path.Combine(_folder, "mail"));
        var acknowledged = new AcknowledgedSignatures { AllowsLateWrites = true };
        var load = new SigningLoad(letters.Unread, acknowledged, KillTests.Slug)
        {
            Repeats = true,
            Pause = TimeSpan.FromMilliseconds(40),
            PauseAfterRefusal = TimeSpan.FromMilliseconds(200),
        };
        var withdrawing = new WithdrawingSigners(cluster.Any, letters, Leaving);
        using var stop = new CancellationTokenSource();
        var people = Task.WhenAll(load.RunAsync(cluster.Any, 6, 3, stop.Token), withdrawing.RunAsync(6, stop.Token));
        var packets = new ClusterPackets(cluster, _folder, staff, await KillTests.StaffAsync(_folder));
        IReadOnlyList<string> interrupted;
        try
        {
            interrupted = await new FaultInjector(cluster, _folder, output).RunAsync(packets);
            await cluster.ReadyAsync();
            var confirmed = acknowledged.Confirmed.Count;
            await CampaignServer.UntilAsync(
                () => acknowledged.Confirmed.Count > Math.Max(confirmed + 20, 100) && withdrawing.Left > 8,
                "signing, confirming and withdrawing do not resume",
                120
            );
        }
        catch
        {
            output.WriteLine(cluster.Warnings);
            await stop.CancelAsync();
            throw;
        }
        await stop.CancelAsync();
        await people;
        var lastPacket = await packets.OrderAsync(Leaving);

        Assert.True(
            load.Unexpected.IsEmpty && withdrawing.Unexpected.IsEmpty,
            $"{string.Join(", ", load.Unexpected.Concat(withdrawing.Unexpected))}\n{cluster.Warnings}"
        );
        await acknowledged.AssertNothingLostAsync(_folder, cluster.Any, staff, KillTests.Slug);
        await withdrawing.AssertStatesAsync();
        await ClusterChecks.SealedAsync(_folder);
        using (var database = DatabaseUnderTest.Open(_folder))
        {
            withdrawing.AssertRows(
                database
                    .Query<(string State, long Rows)>(
                        """
                        SELECT state, count(*) FROM signatures
                        WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = @Leaving) GROUP BY 1
                        """,
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
        await packets.AssertTrueAsync(lastPacket);
        await ClusterChecks.AssertRecountedAsync(cluster, _folder);
        ClusterChecks.AssertNothingPersonal(cluster, server, _folder, staff, acknowledged);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {acknowledged.People.Count} signed, {acknowledged.Confirmed.Count} confirmed,
                {withdrawing.StillConfirmed} stayed, {withdrawing.Left} left,
                {letters.Ids.Count} letters, of which {letters.Again.Count} were sent more than once;
                answers: {string.Join(", ", load.Statuses.Select(status => $"{status.Key} × {status.Value}"))}
                """
            )
        );
    }
}
