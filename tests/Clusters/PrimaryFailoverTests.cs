using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A primary and its standby, replicating in step, and two APIs that know both by name.
/// </summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class PrimaryFailoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Second = "second";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-primary-").FullName;

    // In the order in which they are begun; one that was never begun because the one before failed is missing.
    private readonly List<IDisposable> _servers = [];
    private PostgresServer _primary = null!;
    private PostgresServer _standby = null!;
    private Cluster _cluster = null!;
    private string _staff = "";

    public async Task InitializeAsync()
    {
        _servers.Add(_primary = PostgresServer.Start($"synchronous_standby_names={Second}"));
        _servers.Add(_standby = PostgresServer.StandbyOf(_primary, Second));
        _primary.CreateDatabase("campaign");
        DatabaseUnderTest.Give(_folder, Both(_primary, _standby));
        _cluster = await Cluster.StartAsync(_folder, apis: 2, workers: 1);
        _staff = await KillTests.StaffAsync(_folder);
        await KillTests.OpenAsync(_cluster.Apis[0].Http, _staff);
        await _cluster.ShowAsync(KillTests.Slug);
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        foreach (var server in Enumerable.Reverse(_servers))
            server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task When_the_primary_dies_under_load_the_standby_has_all_that_was_acknowledged_and_the_apis_find_it()
    {
        await using var letters = new MailWatcher(Path.Combine(_folder, "mail"));
        var acknowledged = new AcknowledgedSignatures { Late = true };
        var load = new SigningLoad(letters.Unread, acknowledged, KillTests.Slug)
        {
            Repeats = true,
            Pause = TimeSpan.FromMilliseconds(20),
            PauseAfterNo = TimeSpan.FromMilliseconds(300),
        };
        using var stop = new CancellationTokenSource();
        var heads = new ConcurrentDictionary<long, string>();
        var watching = WatchAsync(_cluster.Any, heads, stop.Token);
        var people = load.RunAsync(_cluster.Any, 6, 3, stop.Token);
        var (before, again) = (0, TimeSpan.Zero);
        try
        {
            await CampaignServer.UntilAsync(
                () => Task.FromResult(acknowledged.Confirmed.Count > 100 && heads.Count > 3),
                "nobody signs and confirms",
                120
            );
            _primary.Kill();
            var died = DateTime.UtcNow;
            await CampaignServer.UntilAsync(
                () => load.Statuses.ContainsKey(503),
                "no API says that it has no database"
            );
            _standby.Promote();
            before = acknowledged.Confirmed.Count;
            await CampaignServer.UntilAsync(
                () => Task.FromResult(acknowledged.Confirmed.Count > before + 50),
                "nobody confirms with the new primary",
                120
            );
            again = DateTime.UtcNow - died;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(people, watching);
        }
        await _cluster.ReadyAsync();
        Assert.All(_cluster.Apis.Concat(_cluster.Workers), member => Assert.False(member.Process.HasExited));
        Assert.True(load.Unexpected.IsEmpty, $"{string.Join(", ", load.Unexpected)}\n{_cluster.Complaints}");

        DatabaseUnderTest.Give(_folder, _standby.ConnectionString("campaign"));
        await acknowledged.AssertKeptAsync(_folder, _cluster.Any, _staff, KillTests.Slug);
        await ClusterChecks.SealedAsync(_folder);
        await ClusterChecks.AssertAgreedAsync(_cluster, _folder, KillTests.Slug);
        await ClusterChecks.AssertRecountedAsync(_cluster, _folder);
        using (var database = DatabaseUnderTest.Open(_folder))
        {
            // What was ever shown stays the beginning of what is shown.
            var kept = database
                .Query<(long Size, string Root)>("SELECT size, root FROM ledger_heads")
                .ToDictionary(head => head.Size, head => head.Root);
            Assert.All(heads, head => Assert.Equal(head.Value, kept.GetValueOrDefault(head.Key)));
        }
        ClusterChecks.AssertNothingPersonal(_cluster, _standby, _folder, _staff, acknowledged);
        output.WriteLine(
            $"{acknowledged.People.Count} signed, {acknowledged.Confirmed.Count} confirmed, {before} of them before; {heads.Count} heads were seen; 50 more had confirmed {again.TotalSeconds:0.0} s after the death;"
        );
        output.WriteLine(
            $"answers: {string.Join(", ", load.Statuses.Select(status => $"{status.Key} × {status.Value}"))}"
        );
    }

    [Fact]
    public async Task While_the_standby_is_away_nobody_gets_a_yes_and_nobody_waits_for_ever()
    {
        var acknowledged = new AcknowledgedSignatures { Late = true };
        for (var i = 0; i < 10; i++)
            Assert.Equal(202, await SignAsync(acknowledged, _cluster.Apis[i % 2], i));

        _standby.Stop();
        var began = DateTime.UtcNow;
        // More than one batch for each: those who come while one waits wait too.
        var answers = await Task.WhenAll(
            Enumerable
                .Range(10, 20)
                .Select(async i =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(i % 5));
                    return await SignAsync(acknowledged, _cluster.Apis[i % 2], i);
                })
        );
        var waited = DateTime.UtcNow - began;
        Assert.All(answers, status => Assert.Equal(503, status));
        _standby.Begin();
        await CampaignServer.UntilAsync(
            async () => await SignAsync(acknowledged, _cluster.Apis[0], 30) == 202,
            "nobody signs again",
            120
        );
        // Those who were told no try again, and stand there once.
        for (var i = 10; i < 30; i++)
        {
            var number = i;
            await CampaignServer.UntilAsync(
                async () => await SignAsync(acknowledged, _cluster.Apis[number % 2], number) == 202,
                "nobody signs again",
                120
            );
        }
        Assert.All(_cluster.Apis.Concat(_cluster.Workers), member => Assert.False(member.Process.HasExited));
        await acknowledged.AssertKeptAsync(_folder, _cluster.Any, _staff, KillTests.Slug);
        await ClusterChecks.AssertRecountedAsync(_cluster, _folder);
        output.WriteLine($"The last of them was told no {waited.TotalSeconds:0} s after the standby had gone.");
    }

    private static string Both(PostgresServer one, PostgresServer other) =>
        one.ConnectionString("campaign")
            .Replace("Host=127.0.0.1;", "", StringComparison.Ordinal)
            .Replace(
                $"Port={one.Port};",
                $"Host=127.0.0.1:{one.Port},127.0.0.1:{other.Port};Target Session Attributes=primary;",
                StringComparison.Ordinal
            );

    /// <summary>
    /// A status; an address may be signed with at most four times, so who is told no waits a
    /// moment.
    /// </summary>
    private static async Task<int> SignAsync(AcknowledgedSignatures acknowledged, Cluster.ClusterNode api, int number)
    {
        var address = $"person-{number}@example.org";
        using var answer = await api.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(address));
        var status = (int)answer.StatusCode;
        acknowledged.Note(address, "NO", status == 202);
        if (status != 202)
            await Task.Delay(TimeSpan.FromSeconds(1));
        return status;
    }

    /// <summary>Keeps every head anybody was shown.</summary>
    private static async Task WatchAsync(
        HttpClient http,
        ConcurrentDictionary<long, string> heads,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var head = (
                    await http.GetFromJsonAsync<JsonObject>(
                        $"/api/campaigns/{KillTests.Slug}/ledger/head",
                        CancellationToken.None
                    )
                )!;
                var root = (string)head["root"]!;
                Assert.Equal(root, heads.GetOrAdd((long)head["size"]!, root));
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
            {
                // Nobody answers at this moment.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }
}
