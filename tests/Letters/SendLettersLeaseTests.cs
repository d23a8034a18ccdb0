using Campaigns.Db.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Writes;
using Campaigns.Worker.Mail.Delivery;

namespace Campaigns.Tests.Letters;

/// <summary>Letters are one worker's at a time.</summary>
public sealed class SendLettersLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    private LetterStore Store => _letters.Campaign.Get<LetterStore>();

    [Fact]
    public async Task A_worker_that_died_leaves_its_letters_to_the_next_and_its_word_no_longer_counts()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        var dead = await Store.ClaimAsync("dead", 10, default);
        await _letters.SendAsync();
        Assert.Empty(_letters.Server.Letters);

        _letters.Campaign.Clock.Advance(LetterStore.Lease + DatabaseUnderTest.LeaseMargin);
        await _letters.SendAsync();
        await Store.MarkAsync([LetterOutcome.Failed(dead.Single(), "5.0.0")], default);

        Assert.Single(_letters.Server.Letters);
        Assert.Equal("sent", _letters.Only().State);
    }

    [Fact]
    public async Task A_lease_that_is_renewed_holds_and_one_that_ran_out_stays_lost()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        var claimed = await Store.ClaimAsync("alive", 10, default);
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, await Store.RenewAsync("alive", [claimed.Single().Id], default));
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, Store.CountDue(9));

        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, await Store.RenewAsync("alive", [claimed.Single().Id], default));
        _letters.Campaign.Clock.Advance(DatabaseUnderTest.LeaseMargin);
        Assert.Equal(1, Store.CountDue(9));
    }

    // Where others serve too, the lease has to run out: nobody who starts knows that the one before is dead.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_restart_frees_what_the_process_before_had_claimed()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        await Store.ClaimAsync("dead", 10, default);
        await _letters.Campaign.RestartAsync();
        await _letters.SendAsync();
        Assert.Single(_letters.Server.Letters);
    }

    [Fact]
    public async Task Burst_behind_a_first_letter_is_sent_over_several_sessions()
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
    public async Task Two_workers_at_once_send_each_letter_once()
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
    public async Task A_lane_whose_letters_another_has_taken_over_sends_no_more_of_them()
    {
        for (var i = 0; i < 20; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        _letters.RenewEvery = TimeSpan.FromMilliseconds(50);
        _letters.Timeouts = new SmtpTimeouts();
        IReadOnlyList<DueLetter> taken = [];
        var refused = false;
        _letters.Server.AfterDot = number =>
        {
            if (number != 3)
                return "250 ok";
            // Once the first two are marked, the lane writes nothing but its renewals.
            var marked = SpinWait.SpinUntil(
                () => _letters.Letters().Count(letter => letter.State == "sent") == 2,
                _timeout
            );
            _letters.Campaign.Clock.Advance(LetterStore.Lease + DatabaseUnderTest.LeaseMargin);
            taken = Store.ClaimAsync("other", 20, default).GetAwaiter().GetResult();
            var queue = _letters.Campaign.Database.Writes;
            using (var hold = PausedWriter.OnAsync(queue).GetAwaiter().GetResult())
            {
                refused = marked && SpinWait.SpinUntil(() => queue.Waiting > 0, _timeout);
                hold.ReleaseAsync().GetAwaiter().GetResult();
            }
            // Its renewal has been refused; it hears that at once.
            Thread.Sleep(1_000);
            return "250 ok";
        };
        await _letters.SendAsync();
        Assert.True(refused, "the lane does not renew its lease");
        Assert.Equal(3, _letters.Server.Letters.Count);
        // What it says of them no longer counts, and the other holds them still.
        Assert.InRange(taken.Count, 18, 20);
        Assert.Equal(taken.Count, await Store.RenewAsync("other", [.. taken.Select(letter => letter.Id)], default));
    }
}
