using Campaigns.Db.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail.Delivery;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>A letter is leased by one worker at a time.</summary>
public sealed class SendLettersLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    private LetterStore Store => _letters.Campaign.Get<LetterStore>();

    [Fact]
    public async Task Letters_of_a_dead_worker_are_taken_over_and_its_late_result_is_ignored()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        var dead = await Store.ClaimAsync("dead", 10, default);
        await _letters.SendAsync();
        Assert.Empty(_letters.Server.Letters);

        _letters.Campaign.Clock.Advance(LetterStore.Lease + DatabaseUnderTest.ClockSkewAllowance);
        await _letters.SendAsync();
        await Store.MarkAsync([LetterOutcome.Failed(dead.Single(), "5.0.0")], default);

        Assert.Single(_letters.Server.Letters);
        Assert.Equal("sent", _letters.Only().State);
    }

    [Fact]
    public async Task Renewed_lease_continues_and_an_expired_lease_stays_lost()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        var claimed = await Store.ClaimAsync("alive", 10, default);
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, await Store.RenewAsync("alive", [claimed.Single().Id], default));
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, Store.CountDue(9));

        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, await Store.RenewAsync("alive", [claimed.Single().Id], default));
        _letters.Campaign.Clock.Advance(DatabaseUnderTest.ClockSkewAllowance);
        Assert.Equal(1, Store.CountDue(9));
    }

    // On a shared database the lease has to expire, because a starting process cannot know that the earlier one
    // is dead.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Restart_releases_the_claims_of_the_earlier_process()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        await Store.ClaimAsync("dead", 10, default);
        await _letters.Campaign.RestartAsync();
        await _letters.SendAsync();
        Assert.Single(_letters.Server.Letters);
    }

    [Fact]
    public async Task Burst_after_a_first_letter_uses_several_sessions()
    {
        var server = new GatedMailServer();
        _letters.MailServer = server;
        await _letters.Campaign.SignAsync("first@example.org");
        var run = _letters.SendAsync();
        await server.FirstAsync();
        for (var i = 0; i < 300; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        server.LetGo();
        await run;
        Assert.All(_letters.Letters(), letter => Assert.Equal("sent", letter.State));
    }

    [Fact]
    public async Task Two_concurrent_workers_send_each_letter_once()
    {
        for (var i = 0; i < 300; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        await Task.WhenAll(_letters.SendAsync(), _letters.SendAsync(), _letters.SendAsync());

        Assert.Equal(300, _letters.Server.Letters.Count);
        Assert.Equal(
            300,
            _letters
                .Server.Commands.Where(command => command.StartsWith("RCPT", StringComparison.Ordinal))
                .Distinct()
                .Count()
        );
        Assert.All(_letters.Letters(), letter => Assert.Equal("sent", letter.State));
    }

    [Fact]
    public async Task Session_stops_when_its_letters_were_taken_over()
    {
        for (var i = 0; i < 20; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        _letters.RenewEvery = TimeSpan.FromMilliseconds(50);
        _letters.Timeouts = new SmtpTimeouts();
        IReadOnlyList<DueLetter> taken = [];
        var sending = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _letters.Server.AfterDot = number =>
        {
            if (number != 3)
                return "250 ok";
            // After the first two letters are marked, this session only renews its lease.
            var marked = SpinWait.SpinUntil(
                () => _letters.Letters().Count(letter => letter.State == "sent") == 2,
                _timeout
            );
            _letters.Campaign.Clock.Advance(LetterStore.Lease + DatabaseUnderTest.ClockSkewAllowance);
            taken = Store.ClaimAsync("other", 20, default).GetAwaiter().GetResult();
            // The next renewal is refused, which cancels the session while it waits for this reply.
            stopped.SetResult(marked && sending.Task.Unwrap().Wait(_timeout));
            return "250 ok";
        };
        sending.SetResult(_letters.SendAsync());
        await await sending.Task;
        Assert.True(await stopped.Task.WaitAsync(_timeout), "the session does not stop");
        Assert.Equal(3, _letters.Server.Letters.Count);
        // Its results are ignored, and the other worker still holds the leases.
        Assert.InRange(taken.Count, 18, 20);
        Assert.Equal(taken.Count, await Store.RenewAsync("other", [.. taken.Select(letter => letter.Id)], default));
    }
}
