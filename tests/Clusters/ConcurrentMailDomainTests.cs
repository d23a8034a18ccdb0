using Campaigns.Db;
using Campaigns.Db.Letters;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Clusters;

[Trait("Database", "postgres")]
public sealed class ConcurrentMailDomainTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Two_workers_together_let_no_more_letters_leave_than_a_domain_takes()
    {
        CampaignFixture[] processes = [_two.One, _two.Other];
        foreach (var process in processes)
            process.Get<IOptions<LimitOptions>>().Value.LettersPerMailDomainPerHour = 10;
        for (var i = 0; i < 30; i++)
            await _two.One.SignAsync($"kari{i}@crowd.example");
        var claims = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i => processes[i % 2].Get<LetterStore>().ClaimAsync($"worker-{i}", 4, default))
        );
        Assert.Equal(10, claims.Sum(claim => claim.Count));
        Assert.Equal(20, _two.Count("letters WHERE turn_at IS NOT NULL AND lease_until IS NULL"));
        Assert.Equal(20, _two.Count("(SELECT DISTINCT turn_at FROM letters WHERE turn_at IS NOT NULL) AS turns"));
    }
}
