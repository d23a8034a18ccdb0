using System.Collections.Concurrent;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Several APIs and workers on one PostgreSQL, and one data folder for their files: each may be
/// killed, begun again, or held still.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly string[] _apiSettings = ["--Worker:InProcess=false", "--Limits:Enabled=false"];

    private readonly ConcurrentQueue<CampaignProcess> _all = new();

    private Cluster() { }

    public IReadOnlyList<ClusterNode> Apis { get; private set; } = [];

    public IReadOnlyList<ClusterNode> Workers { get; private set; } = [];

    /// <summary>
    /// Sends each request to the next of the APIs, as a proxy does that has not noticed which of
    /// them is dead or stands still. Gives up soon.
    /// </summary>
    public HttpClient Any { get; private set; } = null!;

    /// <summary>Everything any of the processes ever said, the dead ones too.</summary>
    public IEnumerable<string> Said => _all.Select(process => process.Output + process.Errors);

    /// <summary>
    /// The same without what went well, each line once, for whoever asks why a test failed.
    /// </summary>
    public string Complaints =>
        string.Join(
            '\n',
            Said.SelectMany(said => said.Split('\n'))
                .Where(line => line.Length > 0 && !line.StartsWith("info", StringComparison.Ordinal))
                .GroupBy(line => line)
                .Select(lines => $"{lines.Count()} × {lines.Key}")
                .Take(200)
        );

    /// <summary>
    /// Starts them all at once, on whatever is in the database, nothing included.
    /// </summary>
    public static async Task<Cluster> StartAsync(string folder, int apis, int workers, params string[] settings)
    {
        var cluster = new Cluster();
        try
        {
            var members = await Task.WhenAll([
                .. Enumerable
                    .Range(0, apis)
                    .Select(number =>
                        cluster.BeginAsync($"api-{number}", name =>
                            CampaignProcess.ServeAsync(folder, [.. _apiSettings, .. settings, Named(folder, name)])
                        )
                    ),
                .. Enumerable
                    .Range(0, workers)
                    .Select(number =>
                        cluster.BeginAsync($"worker-{number}", name =>
                            CampaignProcess.WorkAsync(folder, [.. settings, Named(folder, name)])
                        )
                    ),
            ]);
            (cluster.Apis, cluster.Workers) = (members[..apis], members[apis..]);
            cluster.Any = new HttpClient(new AnyOf(cluster))
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
            "an API does not know a campaign"
        );

    /// <summary>Waits until every API says that it is ready.</summary>
    public Task ReadyAsync() =>
        CampaignServer.UntilAsync(
            async () =>
                (await Task.WhenAll(Apis.Select(api => api.Http.GetAsync("/healthz/ready")))).All(answer =>
                    answer.IsSuccessStatusCode
                ),
            "an API is not ready again"
        );

    public async ValueTask DisposeAsync()
    {
        Any?.Dispose();
        foreach (var process in _all)
            await process.DisposeAsync();
    }

    private async Task<ClusterNode> BeginAsync(string name, Func<string, Task<CampaignProcess>> begin)
    {
        // A process that dies while others are killed around it would not be the machine's fault: its start is not
        // tried twice.
        Func<Task<CampaignProcess>> keep = async () =>
        {
            var process = await begin(name);
            _all.Enqueue(process);
            return process;
        };
        return new ClusterNode(name, keep, await keep());
    }

    // The database shows the name for each connection. On a machine that many others keep busy a connection may take
    // longer than the five seconds after which the product gives a host up, and a start with it.
    private static string Named(string folder, string name)
    {
        var database = DatabaseUnderTest.Options(folder).ConnectionString;
        return $"--Database:ConnectionString={database};Application Name={name};Timeout=30";
    }

    /// <summary>One of the processes, and whoever takes its place after it was killed.</summary>
    internal sealed class ClusterNode(string name, Func<Task<CampaignProcess>> begin, CampaignProcess first)
    {
        /// <summary>Its application name in the database.</summary>
        public string Name { get; } = name;

        public CampaignProcess Process { get; private set; } = first;

        /// <summary>
        /// Whether something befalls it at this moment, so that nothing else should.
        /// </summary>
        public bool IsInTrouble { get; set; }

        public HttpClient Http => Process.Http;

        public async Task KillAndBeginAsync(TimeSpan pause)
        {
            await Process.KillAsync();
            await Task.Delay(pause);
            await BeginAgainAsync();
        }

        /// <summary>Begins it again after it was killed.</summary>
        public async Task BeginAgainAsync() => Process = await begin();

        public async Task HoldStillAsync(TimeSpan time)
        {
            Process.Pause();
            await Task.Delay(time);
            Process.Continue();
        }

        /// <summary>Stops it in order and begins it again; it must say goodbye with 0.</summary>
        public async Task RestartAsync()
        {
            Assert.Equal(0, await Process.StopAsync());
            Process = await begin();
        }
    }

    private sealed class AnyOf(Cluster cluster)
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
