using System.Net;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Clusters;

/// <summary>Several processes work on one database at the same time.</summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentProcessTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;
    private int _requests;

    private CampaignFixture One => _two.One;

    private CampaignFixture Other => _two.Other;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Two_concurrent_sealers_seal_each_entry_once()
    {
        var people = await One.ConfirmManyAsync(40);
        await One.QueueAsync(3_000, first: 1_000);
        _two.Advance(TimeSpan.FromHours(1));
        var withdrawals = Task.Run(async () =>
        {
            foreach (var id in people.Where((_, place) => place % 4 == 0))
                await Other.WithdrawAsync(id);
        });
        CampaignFixture[] sealers = [One, Other, One, Other];
        while (_two.Count("ledger_queue") > 0 || !withdrawals.IsCompleted)
        {
            _two.Advance(TimeSpan.FromHours(1));
            await Task.WhenAll(sealers.Select(process => Task.Run(process.SealAsync)));
        }
        await withdrawals;
        await One.SealAllAsync();

        var replay = new LedgerReplay();
        foreach (var line in AllLines())
            Assert.Null(replay.Add(line));
        var (head, seen) = (One.Ledger.GetHead(One.Campaign.Id), Other.Ledger.FindHead(One.Campaign.Id, replay.Size));
        Assert.Equal((replay.Size, Convert.ToHexStringLower(replay.Root())), (head.Size, head.Root));
        Assert.Equal(head.Jws, seen!.Jws);
        Assert.Equal(TreeHead.CountsText(replay.Counts), TreeHead.CountsText(head.Counts));
        // A signature withdrawn before sealing has no ledger line. The others have an add line and a remove
        // line.
        Assert.Equal(3_030, replay.Counts.Values.Sum());
        Assert.Equal(
            0,
            _two.Count(
                """
                (SELECT 1 FROM ledger_entries WHERE kind = 'add' AND signature_id IS NOT NULL
                    GROUP BY signature_id HAVING count(*) > 1) AS twice
                """
            )
        );
        Assert.Equal(
            30,
            _two.Count(
                """
                signatures s JOIN ledger_entries e ON e.campaign_id = s.campaign_id AND e.n = s.ledger_n
                    AND e.signature_id = s.id
                WHERE s.state = 'confirmed'
                """
            )
        );
    }

    [Fact]
    public async Task Closed_campaign_accepts_no_signature_in_another_process_after_the_answer()
    {
        // The other process has cached the campaign as open.
        await Other.SignAsync("early@example.org");
        var seen = Other.Get<CampaignStore>().Find(CampaignFixture.Slug)!;
        using var stop = new CancellationTokenSource();
        var signers = Enumerable
            .Range(0, 4)
            .Select(lane =>
                Task.Run(async () =>
                {
                    var outcomes = new List<Refusal?>();
                    for (var i = 0; !stop.IsCancellationRequested || i < 5; i++)
                        outcomes.Add(await SignAsync(Other, seen, $"lane{lane}-{i}@example.org"));
                    return outcomes;
                })
            )
            .ToList();
        await CampaignServer.UntilAsync(() => _two.Count("signatures") > 20, "no signatures are written");
        Assert.Null(
            await One.Get<CampaignEditor>().ChangeStateAsync(CampaignFixture.Slug, CampaignState.Closed, Actor.Operator)
        );
        var accepted = _two.Count("signatures");
        Assert.Equal(Refusal.CampaignClosed, await SignAsync(Other, seen, "late@example.org"));
        await stop.CancelAsync();
        var outcomes = (await Task.WhenAll(signers)).SelectMany(all => all).ToList();
        Assert.Equal(accepted, _two.Count("signatures"));
        Assert.Equal(accepted, 1 + outcomes.Count(outcome => outcome is null));
        Assert.All(outcomes, outcome => Assert.True(outcome is null || outcome == Refusal.CampaignClosed));
        _two.AssertCounted();
    }

    /// <summary>
    /// While an index key is rotated an address has two indexes. Its row changes from one to the
    /// other during a lookup.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_processes_accepting_the_same_people_in_opposite_order_store_each_once(bool rotating)
    {
        const int People = 60;
        for (var round = 0; round < 4; round++)
        {
            if (rotating && round % 2 == 0)
                Assert.Null((await One.Get<KeyStore>().RotateAsync("index", Actor.Operator)).Refused);
            var reencryption = Task.Run(() => round == 0 ? Task.CompletedTask : ReencryptAsync());
            var forward = Enumerable.Range(0, People).Select(i => $"person{i}@example.org").ToList();
            var backward = forward.AsEnumerable().Reverse().ToList();
            var outcomes = await Task.WhenAll(
                SignAllAsync(One, forward),
                SignAllAsync(Other, backward),
                SignAllAsync(One, backward),
                SignAllAsync(Other, forward)
            );
            Assert.All(outcomes.SelectMany(all => all), Assert.Null);
            await reencryption;
        }
        Assert.Equal(People, _two.Count("signatures"));
        Assert.Equal(People, _two.Count("signatures WHERE confirm_generation = 15"));
        Assert.Equal(16 * People, _two.Count("letters"));
        Assert.Equal(16 * People, _two.Count("(SELECT DISTINCT signature_id, generation FROM letters) AS links"));
        _two.AssertCounted();
        // Both processes confirm all links at once, in opposite order.
        var ids = One.Query(connection => connection.Query<long>("SELECT id FROM signatures ORDER BY id").ToList());
        var pressed = await Task.WhenAll(
            ConfirmAllAsync(One, ids),
            ConfirmAllAsync(Other, [.. ids.AsEnumerable().Reverse()])
        );
        Assert.All(pressed.SelectMany(all => all), Assert.Null);
        Assert.Equal(People, _two.Count("ledger_queue"));
        _two.AssertCounted();
    }

    private Task ReencryptAsync() => Other.ReencryptAsync();

    [Fact]
    public async Task Signatures_of_one_network_are_counted_together_across_processes()
    {
        foreach (var process in (CampaignFixture[])[One, Other])
            process.Get<IOptions<LimitOptions>>().Value.HoldAfterPerNetworkPerHour = 4;
        for (var i = 0; i < 10; i++)
        {
            var signature = Example.Signature(One.Campaign, $"h{i}@example.org");
            await (i % 2 == 0 ? One : Other)
                .Get<SigningStore>()
                .SignAsync(One.Campaign, signature, IPAddress.Parse(i == 9 ? "192.0.2.8" : "192.0.2.7"));
        }
        Assert.Equal(5, _two.Count($"signatures WHERE hold_reason = '{SigningRules.NetworkHold}'"));
        Assert.Equal(10, _two.Count("letters"));
        _two.AssertCounted();
    }

    [Fact]
    public async Task Key_made_by_one_process_is_used_by_the_others()
    {
        var before = await Other.SignAsync("before@example.org");
        var old = Other.Link(LinkPurpose.Confirm, before);
        foreach (var kind in KeyStore.Kinds)
            Assert.Null((await One.Get<KeyStore>().RotateAsync(kind, Actor.Operator)).Refused);
        // Both clocks are fixed; advancing this one gives the new key the greater id.
        _two.Advance(TimeSpan.FromSeconds(1));
        await One.SignAsync("ola@example.org");
        var fresh = One.Link(
            LinkPurpose.Confirm,
            One.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM signatures"))
        );
        // The link was made under a key which this process has not read yet.
        Assert.Null((await Other.Get<ConfirmationStore>().ConfirmAsync(fresh)).Refusal);
        Assert.Null((await Other.Get<ConfirmationStore>().ConfirmAsync(old)).Refusal);
        // The same people, looked up under the new index and under the old one.
        await Other.SignAsync("OLA@example.org");
        await One.SignAsync("before@example.org");
        Assert.Equal(2, _two.Count("signatures"));
        _two.Advance(TimeSpan.FromSeconds(1));
        await Other.SignAsync("after@example.org");
        Assert.Equal(
            2,
            Other.Query(connection =>
                connection.QuerySingle<long>("SELECT index_version FROM signatures ORDER BY id DESC LIMIT 1")
            )
        );
        Assert.Equal(
            1,
            _two.Count("signatures WHERE substr(contact, 1, 1) = '\\x02' AND index_version = 2 AND state = 'pending'")
        );
        Assert.Equal("Kari Nordmann", One.Get<ConfirmationStore>().Preview(old)!.Name);
        _two.AssertCounted();
    }

    [Fact]
    public async Task Dates_half_a_minute_ahead_from_another_machine_are_kept()
    {
        Other.Clock.Advance(TimeSpan.FromSeconds(30));
        await Other.ConfirmAsync("ahead@example.org");
        Assert.Equal(0, await One.Get<Db.ClockStore>().ResetFutureDatesAsync(default));
        Other.Clock.Advance(TimeSpan.FromMinutes(2));
        await Other.ConfirmAsync("far-ahead@example.org");
        Assert.NotEqual(0, await One.Get<Db.ClockStore>().ResetFutureDatesAsync(default));
    }

    private IEnumerable<string> AllLines()
    {
        for (
            var n = 0L;
            One.Ledger.ReadLines(One.Campaign.Id, n, long.MaxValue) is { Count: > 0 } page;
            n += page.Count
        )
            foreach (var line in page)
                yield return line;
    }

    // Other data each time, because a request with equal data replaces nothing.
    private Task<Refusal?> SignAsync(CampaignFixture process, Campaign campaign, string email)
    {
        var signature = Example.Signature(campaign, email) with
        {
            Name = $"Kari {Interlocked.Increment(ref _requests)}",
        };
        return process.Get<SigningStore>().SignAsync(campaign, signature, IPAddress.Loopback);
    }

    // All signatures are queued in that order without waiting, so that many share a batch.
    private Task<Refusal?[]> SignAllAsync(CampaignFixture process, IReadOnlyList<string> people) =>
        Task.WhenAll(people.Select(email => SignAsync(process, process.Campaign, email)));

    private static Task<Refusal?[]> ConfirmAllAsync(CampaignFixture process, IReadOnlyList<long> ids) =>
        Task.WhenAll(
            ids.Select(async id =>
                (
                    await process
                        .Get<ConfirmationStore>()
                        .ConfirmAsync(process.Link(LinkPurpose.Confirm, id, generation: 15))
                ).Refusal
            )
        );
}
