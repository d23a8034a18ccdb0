using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Caching;

/// <summary>
/// Counts over HTTP while people confirm on many connections: no response is more than a second
/// old.
/// </summary>
public sealed class RunningConfirmationsTests : IAsyncLifetime
{
    private const int People = 160;

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<long> _acknowledged = new();
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Ledger:MinBatch=100000", "--Ledger:MaxDelay=1.00:00:00");
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(300_000)]
    public async Task Counts_are_never_more_than_a_second_old(int countries)
    {
        var links = await SignAsync();
        await MakeReadsSlowAsync(countries);
        using var reads = new DatabaseReads(_server.Services.GetRequiredService<Database>());
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(ReadAsync)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ConfirmAsync(links))));
        Assert.Contains((await Task.WhenAll(readers)).SelectMany(least => least), least => least is > 0 and < People);
        // If every confirmation caused such a slow read, the test would not reach the limit of one second.
        if (countries > 0)
            Assert.InRange(reads.Of("ReadPublic"), 1, People / 2);
    }

    private async Task<ConcurrentQueue<string>> SignAsync()
    {
        string[] addresses = [.. Enumerable.Range(0, People).Select(i => $"p{i}@example.org")];
        await Task.WhenAll(addresses.Select(address => _server.SignAsync(_slug, CampaignServer.Signature(address))));
        return new((await _server.Mail.TokensAsync("/confirm/", addresses)).Values);
    }

    /// <summary>
    /// Adds that many countries with a count of zero to the sealed counts, so that reading them
    /// takes more than a tenth of a second.
    /// </summary>
    private async Task MakeReadsSlowAsync(int countries)
    {
        var counts = JsonSerializer.Serialize(Enumerable.Range(1, countries).ToDictionary(i => $"X{i}", _ => 0));
        if (countries > 0)
            await _server.WriteAsync("UPDATE ledger_heads SET counts = @counts", new { counts });
    }

    private async Task ConfirmAsync(ConcurrentQueue<string> links)
    {
        while (links.TryDequeue(out var link))
        {
            await _server.ConfirmAsync(link);
            _acknowledged.Enqueue(Stopwatch.GetTimestamp());
            // 160 confirmations at this pace take longer than a second in all.
            await Task.Delay(30);
        }
    }

    /// <summary>
    /// Reads counts until all confirmations must be visible. Returns for each response the smallest
    /// count that is allowed.
    /// </summary>
    private async Task<List<int>> ReadAsync()
    {
        var all = new List<int>();
        do
        {
            await Task.Delay(5);
            var (asked, moment) = (Stopwatch.GetTimestamp(), _server.Clock.GetUtcNow());
            all.Add(_acknowledged.Count(at => Stopwatch.GetElapsedTime(at, asked) >= _second));
            var counts = await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts");
            Assert.InRange((int)counts["confirmed"]!, all[^1], People);
            var asOf = (DateTimeOffset)counts["asOf"]!;
            // The response has milliseconds, so the value may be rounded down by up to one.
            Assert.True(asOf > moment - _second - TimeSpan.FromMilliseconds(1), $"{asOf:O} is too old at {moment:O}");
        } while (all[^1] < People);
        return all;
    }
}
