using System.Collections.Concurrent;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Several APIs and workers on one PostgreSQL, with one data folder for their files. Each process
/// can be killed, restarted or paused.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly string[] _apiSettings = ["--Worker:InProcess=false", "--Limits:Enabled=false"];

    private readonly ConcurrentQueue<CampaignProcess> _all = new();

    private Cluster() { }

    public IReadOnlyList<ClusterNode> Apis { get; private set; } = [];

    public IReadOnlyList<ClusterNode> Workers { get; private set; } = [];

    /// <summary>
    /// Sends each request to the next API in turn, like a proxy that has not noticed which of them
    /// is dead or paused. Its timeout is short.
    /// </summary>
    public HttpClient Any { get; private set; } = null!;

    /// <summary>The output of all processes, including the dead ones.</summary>
    public IEnumerable<string> Said => _all.Select(process => process.Output + process.Errors);

    /// <summary>
    /// The output without info lines, each line once, for the message of a failed test.
    /// </summary>
    public string Warnings =>
        string.Join(
            '\n',
            Said.SelectMany(said => said.Split('\n'))
                .Where(line => line.Length > 0 && !line.StartsWith("info", StringComparison.Ordinal))
                .GroupBy(line => line)
                .Select(lines => $"{lines.Count()} × {lines.Key}")
                .Take(200)
        );

    /// <summary>Starts all processes at once on any database, including an empty one.</summary>
    public static async Task<Cluster> StartAsync(string folder, int apis, int workers, params string[] settings)
    {
        var cluster = new Cluster();
        try
        {
            var nodes = await Task.WhenAll([
                .. Enumerable
                    .Range(0, apis)
                    .Select(number =>
                        cluster.BeginAsync($"api-{number}", name =>
                            CampaignProcess.ServeAsync(
                                folder,
                                [.. _apiSettings, .. settings, NameConnections(folder, name)]
                            )
                        )
                    ),
                .. Enumerable
                    .Range(0, workers)
                    .Select(number =>
                        cluster.BeginAsync($"worker-{number}", name =>
                            CampaignProcess.WorkAsync(folder, [.. settings, NameConnections(folder, name)])
                        )
                    ),
            ]);
            (cluster.Apis, cluster.Workers) = (nodes[..apis], nodes[apis..]);
            cluster.Any = new HttpClient(new RoundRobinHandler(cluster))
            {
                BaseAddress = new Uri("http://any.invalid"),
                Timeout = TimeSpan.FromSeconds(4),
            };
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every API shows those campaigns.</summary>
    public Task ShowAsync(params string[] slugs) =>
        CampaignServer.UntilAsync(
            async () =>
            {
                var answers = await Task.WhenAll(
                    Apis.SelectMany(api => slugs.Select(slug => api.Http.GetAsync($"/api/campaigns/{slug}")))
                );
                return answers.All(answer => answer.IsSuccessStatusCode);
            },
            "an API does not show a campaign"
        );

    /// <summary>Waits until every API is ready.</summary>
    public Task ReadyAsync() =>
        CampaignServer.UntilAsync(
            async () =>
                (await Task.WhenAll(Apis.Select(api => api.Http.GetAsync("/healthz/ready")))).All(answer =>
                    answer.IsSuccessStatusCode
                ),
            "an API does not become ready"
        );

    public async ValueTask DisposeAsync()
    {
        Any?.Dispose();
        foreach (var process in _all)
            await process.DisposeAsync();
    }

    private async Task<ClusterNode> BeginAsync(string name, Func<string, Task<CampaignProcess>> begin)
    {
        // A process that dies here while others are killed is a defect, not a slow machine: its start is not
        // retried.
        Func<Task<CampaignProcess>> startAndRecord = async () =>
        {
            var process = await begin(name);
            _all.Enqueue(process);
            return process;
        };
        return new ClusterNode(name, startAndRecord, await startAndRecord());
    }

    // PostgreSQL shows the application name of each connection. The timeout is raised because on a busy machine
    // a connection may take longer than the product's five seconds.
    private static string NameConnections(string folder, string name)
    {
        var database = DatabaseUnderTest.Options(folder).ConnectionString;
        return $"--Database:ConnectionString={database};Application Name={name};Timeout=30";
    }

    /// <summary>One process of the cluster, and its successor after it was killed.</summary>
    internal sealed class ClusterNode(string name, Func<Task<CampaignProcess>> begin, CampaignProcess first)
    {
        /// <summary>The application name of its connections.</summary>
        public string Name { get; } = name;

        public CampaignProcess Process { get; private set; } = first;

        /// <summary>Whether a fault is being injected into it, so that no other one is.</summary>
        public bool HasFault { get; set; }

        public HttpClient Http => Process.Http;

        public async Task KillAndRestartAsync(TimeSpan pause)
        {
            await Process.KillAsync();
            await Task.Delay(pause);
            await RestartAfterKillAsync();
        }

        /// <summary>Starts it again after it was killed.</summary>
        public async Task RestartAfterKillAsync() => Process = await begin();

        public async Task PauseForAsync(TimeSpan time)
        {
            Process.Pause();
            await Task.Delay(time);
            Process.Continue();
        }

        /// <summary>
        /// Stops it in order, which must end with exit code 0, and starts it again.
        /// </summary>
        public async Task RestartAsync()
        {
            Assert.Equal(0, await Process.StopAsync());
            Process = await begin();
        }
    }

    private sealed class RoundRobinHandler(Cluster cluster)
        : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        private int _requests;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var api = cluster.Apis[(int)((uint)Interlocked.Increment(ref _requests) % cluster.Apis.Count)];
            request.RequestUri = new Uri(api.Http.BaseAddress!, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
