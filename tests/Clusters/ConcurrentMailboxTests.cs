using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Two processes take requests for one mailbox at the same time: the second waits for the first.
/// </summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentMailboxTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Two_processes_hold_the_sixth_signature_of_a_mailbox()
    {
        for (var tag = 0; tag < 4; tag++)
            await _two.One.SignAsync($"box+{tag}@example.org");
        await SignTogetherAsync();
        Assert.Equal(1, _two.Count("signatures WHERE hold_reason = 'alike'"));
        Assert.Equal(6, _two.Count("signatures"));
        _two.AssertCounted();
    }

    [Fact]
    public async Task Two_processes_together_send_a_mailbox_no_more_letters_than_its_bound()
    {
        foreach (var process in (CampaignFixture[])[_two.One, _two.Other])
            process.Get<IOptions<LimitOptions>>().Value.LettersPerMailboxPerHour = 3;
        for (var tag = 0; tag < 2; tag++)
            await _two.One.SignAsync($"box+{tag}@example.org");
        await SignTogetherAsync();
        Assert.Equal(3, _two.Count("letters"));
        Assert.Equal(4, _two.Count("signatures"));
    }

    // The first process is blocked while it queues its letter. The second waits for the mailbox.
    private async Task SignTogetherAsync()
    {
        var hold = StatementHold.On(_two.One.Data, "letters", "INSERT", "NEW.kind = 'confirm'");
        var first = _two.One.SignAsync("box+first@example.org");
        await hold.ReachedAsync("the first process queues no letter");
        var second = _two.Other.SignAsync("box+second@example.org");
        await CampaignServer.UntilAsync(
            () =>
                _two.Count(
                    """
                    pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                        AND wait_event <> 'advisory'
                    """
                ) > 0,
            "the second process does not wait"
        );
        await hold.EndAsync();
        await Task.WhenAll(first, second);
    }
}
