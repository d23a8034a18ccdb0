using Campaigns.Crypto;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Invalidations;
using Dapper;

namespace Campaigns.Tests.Stores.Invalidations;

/// <summary>A bulk invalidation is counted, decided and run.</summary>
public sealed class RunInvalidationsJobTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    private InvalidationStore Store => _fixture.Get<InvalidationStore>();

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Count_says_how_many_by_country_with_a_sample_and_packets()
    {
        for (var i = 0; i < 21; i++)
            await _fixture.ConfirmPersonAsync($"Kari {(char)('A' + i)}", country: "GB");
        await _fixture.ConfirmPersonAsync("Jan Jansen", country: "NL");
        await _fixture.SignAsync("pending@example.org", "NO");
        var packet = await _fixture.BuildAsync(countries: ["GB"]);
        var other = await _fixture.BuildAsync(countries: ["NL"]);
        var counted = await _fixture.CountAsync(new() { Countries = ["GB", "NO"] });
        Assert.Equal(
            (InvalidationStatus.Counted, 22, 21, "{\"GB\":21,\"NO\":1}"),
            (counted.Status, counted.Covered, counted.CoveredConfirmed, counted.ByCountry)
        );
        Assert.Equal(InvalidationRules.SampleSize, counted.Sample!.Count);
        Assert.Equal([Ids.Text(packet)], counted.StalePackets);
        Assert.Equal(0, _fixture.CountRows("state = 'invalidated'"));

        await _fixture.StartAsync(counted);
        await _fixture.RunAsync<RunInvalidationsJob>();
        Assert.Equal(22, _fixture.FindInvalidation(counted.Id).Invalidated);
        Assert.Equal(
            (PacketStatus.Stale, PacketStatus.Ready),
            (_fixture.Packets.Find(packet)!.Status, _fixture.Packets.Find(other)!.Status)
        );
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Run_invalidates_removes_lines_and_ends_links()
    {
        var sealedOne = await _fixture.ConfirmAsync("sealed@example.org");
        await _fixture.SealAsync();
        var queued = await _fixture.ConfirmAsync("queued@example.org");
        var pending = await _fixture.SignAsync("pending@example.org");
        var left = await _fixture.ConfirmAsync("dutch@example.org", "NL");
        var done = await _fixture.InvalidateAsync(new() { Countries = ["GB"] });
        Assert.Equal(3, done.Invalidated);
        Assert.Equal(
            ("invalidated", "invalidated", "invalidated", "confirmed"),
            (
                _fixture.StateOf(sealedOne),
                _fixture.StateOf(queued),
                _fixture.StateOf(pending),
                _fixture.StateOf(left)
            )
        );
        Assert.Equal(
            Refusal.LinkNotUsable,
            (await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(LinkPurpose.Confirm, pending))).Refusal
        );
        await _fixture.SealAllAsync();
        Assert.Single(_fixture.Lines(), line => line.Contains("\"invalidated\"", StringComparison.Ordinal));
        Assert.Equal(
            3,
            _fixture.CountRows("invalid_reason = 'robots' AND blind_index IS NULL AND contact IS NOT NULL")
        );
        _fixture.AssertNoDrift();
    }

    [Theory]
    [InlineData("bücher.example")]
    [InlineData(" BÜCHER.example ")]
    [InlineData("xn--bcher-kva.example")]
    public async Task Mail_domain_is_matched_in_either_form_without_sub_domains(string typed)
    {
        var unicode = await _fixture.ConfirmAsync("one@bücher.example");
        var ascii = await _fixture.ConfirmAsync("two@XN--bcher-kva.example");
        var below = await _fixture.ConfirmAsync("three@mail.bücher.example");
        var other = await _fixture.ConfirmAsync("bücher.example@example.org");
        var domain = EmailAddress.ParseDomain(typed);
        Assert.Equal("xn--bcher-kva.example", domain);
        Assert.Equal(2, (await _fixture.InvalidateAsync(new() { MailDomain = domain })).Invalidated);
        Assert.Equal("invalidated invalidated confirmed confirmed", States(unicode, ascii, below, other));
    }

    [Fact]
    public async Task Walk_takes_several_pages_and_no_signature_twice()
    {
        for (var i = 0; i < (2 * InvalidationQueue.PageSize) + 5; i++)
            await _fixture.SignAsync($"robot{i}@robots.example");
        await _fixture.SignAsync("person@example.org");
        var done = await _fixture.InvalidateAsync(new() { MailDomain = "robots.example" });
        Assert.Equal((2 * InvalidationQueue.PageSize) + 5, done.Invalidated);
        Assert.Equal(1, _fixture.CountRows("state = 'pending'"));
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Signature_that_signs_or_confirms_after_the_count_is_left_alone()
    {
        await _fixture.ConfirmAsync("before@example.org");
        var pending = await _fixture.SignAsync("later@example.org");
        var counted = await _fixture.CountAsync(new() { States = [SignatureState.Confirmed] });
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.ConfirmAsync("after@example.org");
        Assert.Null(
            (await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(LinkPurpose.Confirm, pending))).Refusal
        );
        await _fixture.StartAsync(counted);
        await _fixture.RunAsync<RunInvalidationsJob>();
        Assert.Equal(1, _fixture.FindInvalidation(counted.Id).Invalidated);
        Assert.Equal(2, _fixture.CountRows("state = 'confirmed'"));
    }

    [Fact]
    public async Task Start_with_another_number_is_refused()
    {
        await _fixture.SignAsync("one@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Equal(
            Refusal.ChangedMeanwhile,
            await Store.StartAsync(_fixture.Campaign, counted.Id, 2, InvalidationFixture.One)
        );
        Assert.Equal(InvalidationStatus.Counted, _fixture.FindInvalidation(counted.Id).Status);
        // A pending signature alone needs no second member.
        Assert.Null(await Store.StartAsync(_fixture.Campaign, counted.Id, 1, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.Running, _fixture.FindInvalidation(counted.Id).Status);
    }

    [Fact]
    public async Task More_than_a_hundred_wait_for_another_member()
    {
        for (var i = 0; i < 101; i++)
            await _fixture.SignAsync($"robot{i}@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Null(await Store.StartAsync(_fixture.Campaign, counted.Id, 101, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.AwaitingApproval, _fixture.FindInvalidation(counted.Id).Status);
        await _fixture.RunAsync<RunInvalidationsJob>();
        Assert.Equal(0, _fixture.CountRows("state = 'invalidated'"));
        Assert.Equal(
            Refusal.ApprovalNeeded,
            await Store.StartAsync(_fixture.Campaign, counted.Id, 101, InvalidationFixture.Other)
        );
        Assert.Equal(
            Refusal.OwnRequest,
            await Store.ApproveAsync(_fixture.Campaign, counted.Id, InvalidationFixture.One)
        );
        Assert.Null(await Store.ApproveAsync(_fixture.Campaign, counted.Id, InvalidationFixture.Other));
        Assert.Equal(
            Refusal.AlreadyDecided,
            await Store.ApproveAsync(_fixture.Campaign, counted.Id, InvalidationFixture.Other)
        );
        await _fixture.RunAsync<RunInvalidationsJob>();
        Assert.Equal(101, _fixture.FindInvalidation(counted.Id).Invalidated);
        Assert.Equal(
            ["invalidation.count", "invalidation.ask", "invalidation.approve"],
            _fixture.Query(connection =>
                connection.Query<string>("SELECT action FROM audit WHERE action LIKE 'invalidation.%' ORDER BY id")
                    .AsList()
            )
        );
    }

    [Fact]
    public async Task Small_ones_of_a_member_in_a_day_add_up()
    {
        for (var i = 0; i < 101; i++)
            await _fixture.SignAsync($"robot{i}@example.org", country: i < 60 ? "GB" : "NO");
        var first = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Null(await Store.StartAsync(_fixture.Campaign, first.Id, 60, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.Running, _fixture.FindInvalidation(first.Id).Status);
        var second = await _fixture.CountAsync(new() { Countries = ["NO"] });
        // What one member started does not count for another.
        var third = await _fixture.CountAsync(new() { Countries = ["NO"] });
        Assert.Null(await Store.StartAsync(_fixture.Campaign, second.Id, 41, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.AwaitingApproval, _fixture.FindInvalidation(second.Id).Status);
        Assert.Null(await Store.StartAsync(_fixture.Campaign, third.Id, 41, InvalidationFixture.Other));
        Assert.Equal(InvalidationStatus.Running, _fixture.FindInvalidation(third.Id).Status);
        Assert.Null(await Store.CancelAsync(_fixture.Campaign, second.Id, InvalidationFixture.One));

        // The day is over.
        for (var i = 0; i < 50; i++)
            await _fixture.SignAsync($"late{i}@example.org");
        _fixture.Clock.Advance(InvalidationRules.AloneWindow);
        var fourth = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Null(await Store.StartAsync(_fixture.Campaign, fourth.Id, 50, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.Running, _fixture.FindInvalidation(fourth.Id).Status);
    }

    [Fact]
    public async Task More_than_one_percent_of_the_confirmed_waits_for_another_member()
    {
        await _fixture.ConfirmAsync("one@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Null(await Store.StartAsync(_fixture.Campaign, counted.Id, 1, InvalidationFixture.One));
        Assert.Equal(InvalidationStatus.AwaitingApproval, _fixture.FindInvalidation(counted.Id).Status);
    }

    [Fact]
    public async Task Cancelled_run_stops_after_its_page_and_can_be_undone()
    {
        for (var i = 0; i < 3 * InvalidationQueue.PageSize; i++)
            await _fixture.SignAsync($"robot{i}@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        await _fixture.StartAsync(counted);
        // The member cancels while the second page is written.
        var (last, trigger) = (Nth(InvalidationQueue.PageSize + 7), "cancels");
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                TestSql.CreateTrigger(
                    trigger,
                    "signatures",
                    $"NEW.id = {last} AND NEW.state = 'invalidated'",
                    "UPDATE invalidations SET status = 'cancelled'",
                    "UPDATE"
                )
            )
        );
        await _fixture.RunAsync<RunInvalidationsJob>();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(TestSql.DropTrigger(trigger, "signatures"))
        );
        var cancelled = _fixture.FindInvalidation(counted.Id);
        Assert.Equal(
            (InvalidationStatus.Cancelled, 2 * InvalidationQueue.PageSize),
            (cancelled.Status, cancelled.Invalidated)
        );
        Assert.Equal(2 * InvalidationQueue.PageSize, _fixture.CountRows("state = 'invalidated'"));
        Assert.Null(await Store.CancelAsync(_fixture.Campaign, counted.Id, InvalidationFixture.One));
        Assert.Equal(2 * InvalidationQueue.PageSize, (await _fixture.UndoAsync(cancelled)).Restored);
        Assert.Equal(3 * InvalidationQueue.PageSize, _fixture.CountRows("state = 'pending'"));
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Cancelled_before_it_ran_cannot_be_undone()
    {
        await _fixture.SignAsync("one@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        Assert.Null(await Store.CancelAsync(_fixture.Campaign, counted.Id, InvalidationFixture.Other));
        Assert.Equal(
            Refusal.WrongState,
            await Store.UndoAsync(_fixture.Campaign, counted.Id, InvalidationFixture.One)
        );
    }

    [Fact]
    public async Task Worker_that_lost_its_lease_changes_nothing()
    {
        await _fixture.SignAsync("one@example.org");
        var counted = await _fixture.CountAsync(new() { Countries = ["GB"] });
        await _fixture.StartAsync(counted);
        var queue = _fixture.Get<InvalidationQueue>();
        var claimed = (await queue.ClaimAsync(counted.Id, "one", default))!;
        Assert.Null(await queue.ClaimAsync(counted.Id, "other", default));
        // Past the lease and the difference of two clocks.
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(await queue.ClaimAsync(counted.Id, "other", default));
        await queue.WorkAsync(claimed, default);
        Assert.Equal(0, _fixture.CountRows("state = 'invalidated'"));
        Assert.Equal(InvalidationStatus.Running, _fixture.FindInvalidation(counted.Id).Status);
    }

    [Fact]
    public async Task Damaged_row_has_no_mail_domain_and_stops_nothing()
    {
        var damaged = await _fixture.SignAsync("one@robots.example");
        await _fixture.SignAsync("two@robots.example");
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE signatures SET contact = person WHERE id = @damaged",
                new { damaged }
            )
        );
        Assert.Equal(1, (await _fixture.InvalidateAsync(new() { MailDomain = "robots.example" })).Invalidated);
        Assert.Equal("pending", _fixture.StateOf(damaged));
    }

    private long Nth(int place) =>
        _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT id FROM signatures ORDER BY id LIMIT 1 OFFSET @place", new { place })
        );

    private string States(params long[] ids) => string.Join(' ', ids.Select(id => _fixture.StateOf(id)));
}
