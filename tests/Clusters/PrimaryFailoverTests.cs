using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A primary with a synchronous standby, and two APIs that have both host names in their settings.
/// </summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class PrimaryFailoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Second = "second";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-primary-").FullName;

    // In the order of their start. A server that did not start because an earlier one failed is missing.
    private readonly List<IDisposable> _servers = [];
    private PostgresServer _primary = null!;
    private PostgresServer _standby = null!;
    private Cluster _cluster = null!;
    private string _staff = "";
    private int _requests;

    public async Task InitializeAsync()
    {
        _servers.Add(_primary = PostgresServer.Start($"synchronous_standby_names={Second}"));
        _servers.Add(_standby = PostgresServer.StandbyOf(_primary, Second));
        _primary.CreateDatabase("campaign");
        DatabaseUnderTest.Assign(_folder, Both(_primary, _standby));
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
    public async Task Promoted_standby_has_everything_acknowledged_and_the_APIs_connect_to_it()
    {
        await using var letters = new MailWatcher(Path.Combine(_folder, "mail"));
        var acknowledged = new AcknowledgedSignatures { AllowsLateWrites = true };
        var load = new SigningLoad(letters.Unread, acknowledged, KillTests.Slug)
        {
            Repeats = true,
            Pause = TimeSpan.FromMilliseconds(20),
            PauseAfterRefusal = TimeSpan.FromMilliseconds(300),
        };
        using var stop = new CancellationTokenSource();
        var heads = new ConcurrentDictionary<long, string>();
        var watching = WatchAsync(_cluster.Any, heads, stop.Token);
        var people = load.RunAsync(_cluster.Any, 6, 3, stop.Token);
        var (before, again) = (0, TimeSpan.Zero);
        try
        {
            await CampaignServer.UntilAsync(
                () => acknowledged.Confirmed.Count > 100 && heads.Count > 3,
                "no signatures are confirmed",
                120
            );
            _primary.Kill();
            var killedAt = DateTime.UtcNow;
            await CampaignServer.UntilAsync(
                () => load.Statuses.ContainsKey(503),
                "no API reports the missing database"
            );
            _standby.Promote();
            before = acknowledged.Confirmed.Count;
            await CampaignServer.UntilAsync(
                () => acknowledged.Confirmed.Count > before + 50,
                "no confirmations with the new primary",
                120
            );
            again = DateTime.UtcNow - killedAt;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(people, watching);
        }
        await _cluster.ReadyAsync();
        Assert.All(_cluster.Apis.Concat(_cluster.Workers), member => Assert.False(member.Process.HasExited));
        Assert.True(load.Unexpected.IsEmpty, $"{string.Join(", ", load.Unexpected)}\n{_cluster.Warnings}");

        DatabaseUnderTest.Assign(_folder, _standby.ConnectionString("campaign"));
        await acknowledged.AssertNothingLostAsync(_folder, _cluster.Any, _staff, KillTests.Slug);
        await ClusterChecks.SealedAsync(_folder);
        await ClusterChecks.AssertAgreedAsync(_cluster, _folder, KillTests.Slug);
        await ClusterChecks.AssertRecountedAsync(_cluster, _folder);
        using (var database = DatabaseUnderTest.Open(_folder))
        {
            // Every head that was served is a prefix of the current ledger.
            var kept = database
                .Query<(long Size, string Root)>("SELECT size, root FROM ledger_heads")
                .ToDictionary(head => head.Size, head => head.Root);
            Assert.All(heads, head => Assert.Equal(head.Value, kept.GetValueOrDefault(head.Key)));
        }
        ClusterChecks.AssertNothingPersonal(_cluster, _standby, _folder, _staff, acknowledged);
        output.WriteLine(
            $"{acknowledged.People.Count} signed, {acknowledged.Confirmed.Count} confirmed, {before} of them before; "
                + $"{heads.Count} heads were seen; "
                + $"50 more had confirmed {again.TotalSeconds:0.0} s after the primary was killed;"
        );
        output.WriteLine(
            $"answers: {string.Join(", ", load.Statuses.Select(status => $"{status.Key} × {status.Value}"))}"
        );
    }

    [Fact]
    public async Task Writes_fail_with_503_while_synchronous_standby_is_down()
    {
        var acknowledged = new AcknowledgedSignatures { AllowsLateWrites = true };
        for (var i = 0; i < 10; i++)
            Assert.Equal(202, await SignAsync(acknowledged, _cluster.Apis[i % 2], i));

        _standby.Stop();
        var began = DateTime.UtcNow;
        // More than one batch per API: requests that arrive during the wait must wait too.
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
            "signing does not resume",
            120
        );
        // The signers who got 503 sign again, and each has one row.
        for (var i = 10; i < 30; i++)
        {
            var number = i;
            await CampaignServer.UntilAsync(
                async () => await SignAsync(acknowledged, _cluster.Apis[number % 2], number) == 202,
                "signing does not resume",
                120
            );
        }
        Assert.All(_cluster.Apis.Concat(_cluster.Workers), member => Assert.False(member.Process.HasExited));
        await acknowledged.AssertNothingLostAsync(_folder, _cluster.Any, _staff, KillTests.Slug);
        await ClusterChecks.AssertRecountedAsync(_cluster, _folder);
        output.WriteLine($"The last request got 503 {waited.TotalSeconds:0} s after the standby had gone.");
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
    /// Returns the status. An address may be signed with at most four times, so after a refusal the
    /// signer waits before the next try.
    /// </summary>
    private async Task<int> SignAsync(AcknowledgedSignatures acknowledged, Cluster.ClusterNode api, int number)
    {
        var address = $"person-{number}@example.org";
        // Other data each time, so that a request that is written late and its repeat have two different links.
        var name = $"Kari {Interlocked.Increment(ref _requests)}";
        using var answer = await api.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(address, name));
        var status = (int)answer.StatusCode;
        acknowledged.Note(address, "NO", status == 202);
        if (status != 202)
            await Task.Delay(TimeSpan.FromSeconds(1));
        return status;
    }

    /// <summary>Records every head that is served.</summary>
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
                // No API answers at this moment.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }
}
