using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Engine;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Engine;

/// <summary>What signers observe of the write queue over HTTP.</summary>
public sealed class WritingOverHttpTests
{
    [Fact]
    public async Task Full_queue_gives_503_with_Retry_After_and_signing_resumes_later()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        var queue = server.Services.GetRequiredService<Database>().Writes;
        using var hold = await PausedWriter.OnAsync(queue);
        var filling = Fill(queue);

        var refused = await server.Http.PostAsJsonAsync(
            $"/api/campaigns/{slug}/signatures",
            CampaignServer.Signature("kari@example.org")
        );
        await refused.ProblemAsync(503, "overloaded");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        // Counts and reads still work.
        await CampaignServer.Expect(200, await server.Http.GetAsync($"/api/campaigns/{slug}/counts"));

        await hold.ReleaseAsync();
        await Task.WhenAll(filling);
        await server.SignAsync(slug, CampaignServer.Signature("kari@example.org"));
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM signatures"));
    }

    [Fact]
    public async Task Signature_is_stored_when_the_client_disconnects_before_the_answer()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        var queue = server.Services.GetRequiredService<Database>().Writes;
        using var hold = await PausedWriter.OnAsync(queue);
        using var patience = new CancellationTokenSource();
        var signing = server.Http.PostAsJsonAsync(
            $"/api/campaigns/{slug}/signatures",
            CampaignServer.Signature("kari@example.org"),
            patience.Token
        );
        await CampaignServer.UntilAsync(() => queue.Waiting > 0, "the signature is not queued");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signing);
        await hold.ReleaseAsync();
        await server.Mail.WaitForAsync("kari@example.org", "/confirm/");
    }

    [Fact]
    public async Task Stopping_server_writes_accepted_work_and_exits_with_0()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-stop-").FullName;
        try
        {
            var token = (
                await CampaignProcess.RunAsync([
                    "staff",
                    "add",
                    "Stop",
                    "--role",
                    "administrator",
                    .. CampaignProcess.On(folder),
                ])
            ).Output.Trim();
            var signed = new ConcurrentDictionary<string, bool>();
            var others = new ConcurrentDictionary<int, bool>();
            int code;
            await using (var server = await CampaignProcess.ServeAsync(folder, "--Limits:Enabled=false"))
            {
                await KillTests.OpenAsync(server.Http, token);
                var load = Enumerable
                    .Range(0, 8)
                    .Select(lane => SignUntilGoneAsync(server.Http, lane, signed, others))
                    .ToList();
                await CampaignServer.UntilAsync(() => signed.Count > 100, "no signatures are written");
                code = await server.StopAsync();
                await Task.WhenAll(load);
            }
            Assert.Equal(0, code);
            // Requests after the queue had closed are refused; no other error is allowed.
            Assert.All(others.Keys, status => Assert.Equal(503, status));
            using var database = DatabaseUnderTest.Open(folder);
            Assert.InRange(
                database.QuerySingle<long>("SELECT count(*) FROM signatures"),
                signed.Count,
                signed.Count + 8
            );
            TestSql.AssertIntact(database);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<Task> Fill(WriteQueue queue)
    {
        var filling = new List<Task>();
        try
        {
            while (filling.Count < 100_000)
                filling.Add(queue.RunAsync(_ => true));
        }
        catch (OverloadedException)
        {
            return filling;
        }
        throw new Xunit.Sdk.XunitException("The queue did not reach its limit.");
    }

    private static async Task SignUntilGoneAsync(
        HttpClient http,
        int lane,
        ConcurrentDictionary<string, bool> signed,
        ConcurrentDictionary<int, bool> others
    )
    {
        for (var n = 0; ; n++)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"s{lane}-{n}@example.org");
            try
            {
                var answer = await http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(address));
                if ((int)answer.StatusCode == 202)
                    signed[address] = true;
                else
                    others[(int)answer.StatusCode] = true;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                return;
            }
        }
    }
}
