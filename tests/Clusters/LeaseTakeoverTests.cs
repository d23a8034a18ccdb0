using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Letters;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A process is paused for longer than its leases and then continues as if nothing had happened.
/// </summary>
[Trait("Database", "postgres")]
public sealed class LeaseTakeoverTests : IAsyncLifetime
{
    private static readonly TimeSpan _longer =
        Lease.Duration + WriterLease.ClockSkewAllowance + TimeSpan.FromSeconds(1);

    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Worker_whose_letters_were_taken_over_marks_none_of_them()
    {
        for (var i = 0; i < 5; i++)
            await _two.One.SignAsync($"person{i}@example.org");
        var (paused, awake) = (_two.One.Get<LetterStore>(), _two.Other.Get<LetterStore>());
        var claimed = await paused.ClaimAsync("paused", 3, default);
        // Leased letters are not claimed twice.
        var others = await awake.ClaimAsync("awake", 10, default);
        Assert.Equal((3, 2), (claimed.Count, others.Count));
        Assert.Empty(claimed.Select(letter => letter.Id).Intersect(others.Select(letter => letter.Id)));
        await awake.MarkAsync([.. others.Select(LetterOutcome.Sent)], default);

        _two.Advance(_longer);
        var reclaimed = await awake.ClaimAsync("awake", 10, default);
        Assert.Equal(claimed.Select(letter => letter.Id).Order(), reclaimed.Select(letter => letter.Id).Order());
        var before = Letters();
        Assert.Equal(0, await paused.RenewAsync("paused", [.. claimed.Select(letter => letter.Id)], default));
        await paused.MarkAsync(
            [
                LetterOutcome.Sent(claimed[0]),
                LetterOutcome.Failed(claimed[1], "5.1.1"),
                LetterOutcome.WithoutAttempt(claimed[2]),
            ],
            default
        );
        Assert.Equal(before, Letters());
        Assert.Equal(0, _two.Count("suppressions"));

        await awake.MarkAsync([.. reclaimed.Select(LetterOutcome.Sent)], default);
        await paused.MarkAsync([.. claimed.Select(letter => LetterOutcome.Failed(letter, "5.1.1"))], default);
        Assert.Equal(5, _two.Count("letters WHERE state = 'sent' AND tries = 1"));
        Assert.Equal(0, _two.Count("suppressions"));
    }

    [Fact]
    public async Task Worker_whose_clock_is_ahead_takes_over_no_leased_letter()
    {
        await _two.One.SignAsync("kari@example.org");
        var claimed = await _two.One.Get<LetterStore>().ClaimAsync("one", 10, default);
        Assert.Single(claimed);
        _two.Other.Clock.Advance(Lease.Duration + WriterLease.ClockSkewAllowance - TimeSpan.FromSeconds(1));
        Assert.Empty(await _two.Other.Get<LetterStore>().ClaimAsync("ahead", 10, default));
        _two.Other.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await _two.Other.Get<LetterStore>().ClaimAsync("ahead", 10, default));
    }

    [Fact]
    public async Task Worker_whose_packet_was_taken_over_neither_publishes_nor_releases_it()
    {
        await _two.One.ConfirmAsync("kari@example.org");
        await _two.One.SealAllAsync();
        _two.Other.Clock.Advance(TimeSpan.FromHours(1));
        var ordered = await _two
            .One.Get<PacketStore>()
            .RequestAsync(
                _two.One.Campaign,
                new PacketRequest("embassy-london", null, Disclosure.Name, "en", null, Csv: false),
                null,
                Actor.Operator
            );
        var (paused, awake) = (_two.One.Get<PacketQueue>(), _two.Other.Get<PacketQueue>());
        var claimed = (await paused.ClaimAsync(ordered.Value, "paused", default))!;
        Assert.Null(await awake.ClaimAsync(ordered.Value, "awake", default));

        _two.Advance(_longer);
        var reclaimed = (await awake.ClaimAsync(ordered.Value, "awake", default))!;
        Assert.Equal((ordered.Value, claimed.Packet.Attempt + 1), (reclaimed.Packet.Id, reclaimed.Packet.Attempt));
        Assert.False(await paused.RenewAsync(claimed.Packet, 1, 1, default));
        Assert.Equal(PublishResult.LeaseLost, await PublishAsync(paused, claimed, "late"));
        await paused.ReleaseAsync(claimed.Packet, default);
        await paused.FailAsync(claimed.Packet, "error", default);
        Assert.Equal(PacketStatus.Building, _two.One.Get<PacketStore>().Find(ordered.Value)!.Status);
        Assert.True(await awake.RenewAsync(reclaimed.Packet, 1, 1, default));
        Assert.Equal(PublishResult.Published, await PublishAsync(awake, reclaimed, "good"));

        Assert.Equal(PublishResult.LeaseLost, await PublishAsync(paused, claimed, "later"));
        Assert.Equal(
            "good",
            _two.One.Query(connection => connection.QuerySingle<string>("SELECT file_name FROM packets"))
        );
    }

    [Fact]
    public async Task Process_whose_writer_number_was_taken_over_acquires_another()
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

        // Both processes believe that they own the number, and write at once.
        CampaignFixture[] all = [_two.One, _two.Other, third];
        await Task.WhenAll(
            all.Select(
                (process, place) =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 50; i++)
                            await process.ConfirmConcurrentlyAsync($"process{place}-{i}@example.org");
                    })
            )
        );
        Assert.Equal(3, all.Select(TwoProcesses.WriterOf).Distinct().Count());
        Assert.Equal(number, TwoProcesses.WriterOf(third));
        Assert.Equal(151, _two.Count("signatures"));
        // Every id is unique, although two processes believed that they owned the same number.
        Assert.Equal(
            0,
            _two.Count(
                """
                (SELECT 1 FROM (
                    SELECT id FROM signatures UNION ALL SELECT id FROM letters UNION ALL SELECT id FROM ledger_queue
                ) AS ids GROUP BY id HAVING count(*) > 1) AS twice
                """
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
                    """
                    SELECT id, state, failure, tries, lease_owner, lease_until, attempt FROM letters
                    WHERE state = 'queued' ORDER BY id
                    """
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
