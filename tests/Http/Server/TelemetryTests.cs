using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Campaigns.Db.Operations;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Server;

/// <summary>What leaves as measures and spans, by the exporters that an operator uses.</summary>
public sealed class TelemetryTests : IDisposable
{
    private const string Name = "Telemetria Zwartkijker";
    private const string Email = "quetzalcanary@example.org";
    private const string Place = "Canaryville";

    private readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _received = new();
    private readonly int _metricsPort = TestPorts.Next();

    // Not ASP.NET Core, which would trace the arrival of its own traces.
    private readonly HttpListener _collector = new();
    private readonly string _endpoint = $"http://127.0.0.1:{TestPorts.Next()}/";

    public TelemetryTests()
    {
        _collector.Prefixes.Add(_endpoint);
        _collector.Start();
        _ = ReceiveAsync();
    }

    public void Dispose() => _collector.Close();

    [Fact]
    public async Task Measures_and_spans_name_routes_and_no_person()
    {
        await using var server = await CampaignServer.StartAsync(null, Settings());
        var slug = await server.OpenCampaignAsync();
        var signature = CampaignServer.Signature(Email, Name);
        signature["locality"] = Place;
        await server.SignAsync(slug, signature);
        var confirm = (await server.Mail.WaitForAsync(Email, "/confirm/")).Token("/confirm/");
        await CampaignServer.Expect(200, await server.Http.GetAsync($"/confirm/{confirm}"));
        var manage = await server.ConfirmAsync(confirm);
        await CampaignServer.Expect(200, await server.Http.GetAsync($"/my/{manage}"));
        await SendCanariesAsync(server);
        await server.RunAsync<Worker.Counts.RecountJob>();
        await server.Services.GetRequiredService<BackupLog>().AddBackupAsync();
        using var staff = await server.StaffAsync();
        await PacketOrders.ReadyAsync(staff, await PacketOrders.OrderAsync(staff, slug));
        using var lookup = await server.Http.GetAsync($"/api/campaigns/{slug}/counts");

        var text = "";
        await CampaignServer.UntilAsync(
            async () =>
            {
                text = await ScrapeAsync();
                return Names.All(name => text.Contains($"\n{name}", StringComparison.Ordinal));
            },
            () => $"missing: {string.Join(' ', Names.Where(name => !text.Contains($"\n{name}")))}\n{text}",
            60
        );
        // The measures are those of the process, in which other tests sign too.
        Assert.Matches("""campaign_signatures_total\{.*country="NO".*outcome="confirmed".*\} [1-9]""", text);
        Assert.Matches("""campaign_letters_total\{.*kind="confirm".*outcome="sent".*\} [1-9]""", text);
        Assert.Contains("http_route=\"/confirm/{token}\"", text, StringComparison.Ordinal);
        await CampaignServer.UntilAsync(
            () => Received("traces").Contains("GET /my/{manageToken}", StringComparison.Ordinal),
            "no span of the page"
        );
        await CampaignServer.UntilAsync(
            () => Received("metrics").Contains("campaign.signatures", StringComparison.Ordinal),
            "no measure arrives"
        );
        foreach (var sent in (string[])[text, Received("traces"), Received("metrics")])
            foreach (
                var canary in (string[])[Name, "Zwartkijker", Email, "quetzal", Place, confirm, manage, "strigiformes"]
            )
                Assert.DoesNotContain(canary, sent, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Metrics_are_off_by_default_and_never_on_the_public_address()
    {
        await using var silent = await CampaignServer.StartAsync();
        Assert.Null(silent.Services.GetService<OpenTelemetry.Metrics.MeterProvider>());
        await CampaignServer.Expect(404, await silent.Http.GetAsync("/metrics"));
        await using var server = await CampaignServer.StartAsync(null, Settings());
        await CampaignServer.Expect(404, await server.Http.GetAsync("/metrics"));
        using var own = new HttpClient { BaseAddress = Own };
        await CampaignServer.Expect(404, await own.GetAsync("/"));
        await CampaignServer.Expect(404, await own.GetAsync("/api/campaigns"));
    }

    // In the scrape, dots are underscores, and the unit and the kind of instrument are part of the name.
    internal static readonly string[] Names =
    [
        "campaign_signatures_total{",
        "campaign_commit_duration_seconds_count",
        "campaign_commit_batch_count",
        "campaign_queue_depth",
        "campaign_outbox_age_seconds",
        "campaign_letters_total{",
        "campaign_ledger_unsealed",
        "campaign_head_age_seconds",
        "campaign_drift",
        "campaign_packet_duration_seconds_count",
        "campaign_backup_age_seconds",
        "http_server_request_duration_seconds_count",
        "dotnet_gc_collections_total",
    ];

    private Uri Own => new($"http://127.0.0.1:{_metricsPort}");

    private string[] Settings() =>
        [
            $"--Metrics:Urls={Own}",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={_endpoint}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_METRIC_EXPORT_INTERVAL=200",
            "--OTEL_BSP_SCHEDULE_DELAY=100",
        ];

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.GetOrAdd(context.Request.Url!.Segments[^1], _ => new()).Enqueue(body.ToArray());
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    // What a client chooses: a path that is no route, a query, its name, the host and the state of its trace.
    private static async Task SendCanariesAsync(CampaignServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/strigiformes/x?strigiformes=1");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("strigiformes", "1"));
        request.Headers.Host = "strigiformes.example.org";
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        request.Headers.Add("tracestate", "strigiformes=1");
        request.Headers.Add("baggage", "strigiformes=1");
        await CampaignServer.Expect(404, await server.Http.SendAsync(request));
    }

    private async Task<string> ScrapeAsync()
    {
        using var own = new HttpClient();
        return "\n" + await own.GetStringAsync(new Uri(Own, "/metrics"));
    }

    private string Received(string kind) =>
        string.Concat(_received.GetValueOrDefault(kind, []).Select(Encoding.Latin1.GetString));
}
