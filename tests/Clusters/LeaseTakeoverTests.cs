using Campaigns.Db.Letters;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Db.Writes;
using Campaigns.Packets;
using Campaigns.Tests.Ledger;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A process that stood still for longer than its leases, and then goes on as if nothing had
/// happened.
/// </summary>
[Trait("Database", "postgres")]
public sealed class LeaseTakeoverTests : IAsyncLifetime
{
    private static readonly TimeSpan _longer =
        LetterStore.Lease + WriterLease.ClockSkewAllowance + TimeSpan.FromSeconds(1);

    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task A_worker_whose_letters_were_taken_over_marks_none_of_them()
    {
        for (var i = 0; i < 5; i++)
            await _two.One.SignAsync($"person{i}@example.org");
        var (paused, awake) = (_two.One.Get<LetterStore>(), _two.Other.Get<LetterStore>());
        var held = await paused.ClaimAsync("paused", 3, default);
        // What is held is not given out twice.
        var others = await awake.ClaimAsync("awake", 10, default);
        Assert.Equal((3, 2), (held.Count, others.Count));
        Assert.Empty(held.Select(letter => letter.Id).Intersect(others.Select(letter => letter.Id)));
        await awake.MarkAsync([.. others.Select(LetterOutcome.Sent)], default);

        _two.Advance(_longer);
        var taken = await awake.ClaimAsync("awake", 10, default);
        Assert.Equal(held.Select(letter => letter.Id).Order(), taken.Select(letter => letter.Id).Order());
        var before = Letters();
        Assert.Equal(0, await paused.RenewAsync("paused", [.. held.Select(letter => letter.Id)], default));
        await paused.MarkAsync(
            [
                LetterOutcome.Sent(held[0]),
                LetterOutcome.Failed(held[1], "5.1.1", noSuchMailbox: true),
                LetterOutcome.WithoutAttempt(held[2]),
            ],
            default
        );
        Assert.Equal(before, Letters());
        Assert.Equal(0, _two.Count("suppressions"));

        await awake.MarkAsync([.. taken.Select(LetterOutcome.Sent)], default);
        await paused.MarkAsync(
            [.. held.Select(letter => LetterOutcome.Failed(letter, "5.1.1", noSuchMailbox: true))],
            default
        );
        Assert.Equal(5, _two.Count("letters WHERE state = 'sent' AND tries = 1"));
        Assert.Equal(0, _two.Count("suppressions"));
    }

    [Fact]
    public async Task A_worker_whose_clock_is_ahead_takes_over_nothing_that_is_held()
    {
        await _two.One.SignAsync("kari@example.org");
        var held = await _two.One.Get<LetterStore>().ClaimAsync("one", 10, default);
        Assert.Single(held);
        _two.Other.Clock.Advance(LetterStore.Lease + WriterLease.ClockSkewAllowance - TimeSpan.FromSeconds(1));
        Assert.Empty(await _two.Other.Get<LetterStore>().ClaimAsync("ahead", 10, default));
        _two.Other.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await _two.Other.Get<LetterStore>().ClaimAsync("ahead", 10, default));
    }

    [Fact]
    public async Task A_worker_whose_packet_was_taken_over_publishes_nothing_and_gives_nothing_back()
    {
        await _two.One.ConfirmAsync("kari@example.org");
        await _two.One.SealAllAsync();
        _two.Other.Clock.Advance(TimeSpan.FromHours(1));
        var asked = await _two
            .One.Get<PacketStore>()
            .RequestAsync(
                _two.One.Campaign,
                new PacketRequest("embassy-london", null, Disclosure.Name, "en", null, Csv: false),
                null,
                Actor.Operator
            );
        var (paused, awake) = (_two.One.Get<PacketQueue>(), _two.Other.Get<PacketQueue>());
        var held = (await paused.ClaimAsync(asked.Value, "paused", default))!;
        Assert.Null(await awake.ClaimAsync(asked.Value, "awake", default));

        _two.Advance(_longer);
        var taken = (await awake.ClaimAsync(asked.Value, "awake", default))!;
        Assert.Equal((asked.Value, held.Packet.Attempt + 1), (taken.Packet.Id, taken.Packet.Attempt));
        Assert.False(await paused.RenewAsync(held.Packet, 1, 1, default));
        Assert.Equal(PublishResult.LeaseLost, await PublishAsync(paused, held, "late"));
        await paused.ReleaseAsync(held.Packet, default);
        await paused.FailAsync(held.Packet, "error", default);
        Assert.Equal(PacketStatus.Building, _two.One.Get<PacketStore>().Find(asked.Value)!.Status);
        Assert.True(await awake.RenewAsync(taken.Packet, 1, 1, default));
        Assert.Equal(PublishResult.Published, await PublishAsync(awake, taken, "good"));

        Assert.Equal(PublishResult.LeaseLost, await PublishAsync(paused, held, "later"));
        Assert.Equal(
            "good",
            _two.One.Query(connection => connection.QuerySingle<string>("SELECT file_name FROM packets"))
        );
    }

    [Fact]
    public async Task A_process_whose_writer_number_was_taken_goes_on_under_another()
    {
        var number = TwoProcesses.WriterOf(_two.One);
        Assert.NotEqual(number, TwoProcesses.WriterOf(_two.Other));
        await _two.One.SignAsync("before@example.org");
        await _two.Other.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE writers SET lease_until = 0 WHERE number = @number", new { number })
        );
        await using var third = await new CampaignFixture(minBatch: 1, _two.One.Folder).StartAsync();
        Assert.Equal(number, TwoProcesses.WriterOf(third));
        _two.Advance(TimeSpan.FromSeconds(1));
        third.Clock.Advance(TimeSpan.FromSeconds(1));

        // Both believe it to be theirs, and write at once.
        CampaignFixture[] all = [_two.One, _two.Other, third];
        await Task.WhenAll(
            all.Select(
                (process, place) =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 50; i++)
                            await process.ConfirmOwnAsync($"process{place}-{i}@example.org");
                    })
            )
        );
        Assert.Equal(3, all.Select(TwoProcesses.WriterOf).Distinct().Count());
        Assert.Equal(number, TwoProcesses.WriterOf(third));
        Assert.Equal(151, _two.Count("signatures"));
        // An id is one process's, also where two believed in the same number at the same instant.
        Assert.Equal(
            0,
            _two.Count(
                "(SELECT 1 FROM (SELECT id FROM signatures UNION ALL SELECT id FROM letters UNION ALL SELECT id FROM ledger_queue) AS ids GROUP BY id HAVING count(*) > 1) AS twice"
            )
        );
        _two.AssertCounted();
    }

    private List<(
        long Id,
        string State,
        string? Failure,
        long Tries,
        string Owner,
        long Until,
        long Attempt
    )> Letters() =>
        _two.One.Query(connection =>
            connection
                .Query<(long, string, string?, long, string, long, long)>(
                    "SELECT id, state, failure, tries, lease_owner, lease_until, attempt FROM letters WHERE state = 'queued' ORDER BY id"
                )
                .ToList()
        );

    private static Task<PublishResult> PublishAsync(PacketQueue queue, ClaimedPacket claimed, string file)
    {
        var packet = claimed.Packet;
        var manifest = new Manifest
        {
            Packet = Ids.Text(packet.Id),
            Campaign = CampaignFixture.Slug,
            Texts = [],
            Recipient = packet.Recipient,
            Countries = packet.Countries,
            Disclosure = packet.Disclosure,
            DisclosureAsked = packet.DisclosureAsked,
            CutOff = packet.CutOff,
            Counts = new Dictionary<string, PacketCounts>(),
            Files = [],
            CreatedAt = packet.RequestedAt,
            Renderer = "test",
        };
        return queue.PublishAsync(claimed, file, 1, new byte[32], manifest, "", default);
    }
}
