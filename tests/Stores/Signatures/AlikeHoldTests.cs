using Campaigns.Crypto;
using Campaigns.Db.Counts;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>Past five signatures of one mailbox, further ones are held.</summary>
public sealed class AlikeHoldTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Sixth_signature_of_a_mailbox_is_held_within_its_campaign()
    {
        await _fixture.ConfirmAsync("box@example.org");
        await SignAsync(1, 2, 3, 4);
        Assert.Empty(Held());
        var sixth = await _fixture.ConfirmAsync("box+5@example.org");
        Assert.Equal([sixth], Held());
        // The address without a tag is one of them, whenever it signs.
        foreach (var tag in (int[])[1, 2, 3, 4, 5])
            await _fixture.SignAsync($"ola+{tag}@example.org");
        var plain = await _fixture.SignAsync("ola@example.org");
        Assert.Equal([sixth, plain], Held());

        var other = await _fixture.CreateAsync("another");
        await _fixture.SignAsync("box+6@example.org", campaign: other);
        await _fixture.SignAsync("another@example.org");
        Assert.Equal([sixth, plain], Held());
        var listed = _fixture.Get<ModerationStore>().ListOnHold(_fixture.Campaign.Id, 0, 10);
        Assert.Equal(["alike", "alike"], listed.Select(one => one.Reason));
    }

    [Fact]
    public async Task Held_signature_confirms_and_is_counted_once_staff_release_it()
    {
        for (var tag = 0; tag < 5; tag++)
            await _fixture.ConfirmAsync($"box+{tag}@example.org");
        var held = await _fixture.ConfirmAsync("box+5@example.org");
        await _fixture.SealAllAsync();
        Assert.Equal(5, _fixture.Lines().Count);
        Assert.Equal(0, Drift());

        Assert.Null(await _fixture.Get<ModerationStore>().ReleaseAsync(_fixture.Campaign, held, Actor.Operator));
        await _fixture.SealAllAsync();
        Assert.Equal(6, _fixture.Lines().Count);
        Assert.Equal(0, Drift());
    }

    [Fact]
    public async Task Later_request_neither_ends_the_hold_nor_holds_an_earlier_signature()
    {
        await SignAsync(0, 1, 2, 3, 4, 5);
        Assert.Single(Held());
        // With other data, and with equal data.
        await _fixture.SignAsync("box+5@example.org", name: "Kari Corrected");
        await _fixture.SignAsync("box+5@example.org", name: "Kari Corrected");
        await _fixture.SignAsync("box+0@example.org", name: "Kari Corrected");
        await _fixture.SignAsync("box+1@example.org");
        Assert.Single(Held());
        Assert.Equal(0, Drift());
    }

    [Fact]
    public async Task Signature_that_ended_no_longer_counts_and_keeps_no_index()
    {
        var ids = new List<long>();
        for (var tag = 0; tag < 5; tag++)
            ids.Add(await _fixture.ConfirmAsync($"box+{tag}@example.org"));
        var moderation = _fixture.Get<ModerationStore>();
        await _fixture.WithdrawAsync(ids[0]);
        await _fixture.EraseAsync(ids[1]);
        Assert.Null(await moderation.InvalidateAsync(_fixture.Campaign, ids[2], "error", Actor.Operator));
        Assert.Null(await moderation.InvalidateAsync(_fixture.Campaign, ids[3], "spam", Actor.Operator));
        await SignAsync(5);
        Assert.Null(
            await _fixture
                .Get<NotMeStore>()
                .RunAsync(_fixture.Link(LinkPurpose.NotMe, await _fixture.SignAsync("box+6@example.org")))
        );
        // Left are one confirmed and one pending signature.
        await SignAsync(7, 8, 9);
        Assert.Empty(Held());
        await SignAsync(10);
        Assert.Single(Held());
        Assert.Equal(0, Count("signatures WHERE folded_index IS NOT NULL AND blind_index IS NULL"));

        await _fixture.Database.Writes.RunAsync(write => write.Connection.Execute("DELETE FROM letters"));
        _fixture.Clock.Advance(TimeSpan.FromDays(8));
        await _fixture.RunAsync<ExpirePendingJob>();
        Assert.Equal(0, Count("signatures WHERE state = 'pending'"));
        Assert.Equal(0, Count("signatures WHERE folded_index IS NOT NULL AND blind_index IS NULL"));
    }

    [Fact]
    public async Task Rotated_index_key_finds_the_mailbox_before_and_after_reindexing()
    {
        await _fixture.SignAsync("box@example.org");
        await SignAsync(1, 2);
        await _fixture.RotateKeyAsync("index");
        await SignAsync(3, 4);
        Assert.Empty(Held());
        await SignAsync(5);
        Assert.Single(Held());
        await _fixture.ReencryptAsync();
        var folded = _fixture.Get<KeyRing>().BlindIndex.ComputeFolded(_fixture.Campaign.Id, "box@example.org");
        Assert.Equal(
            5,
            _fixture.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM signatures WHERE folded_index = @folded AND index_version = 2",
                    new { folded }
                )
            )
        );
        await _fixture.RotateKeyAsync("index");
        await SignAsync(6);
        Assert.Equal(2, Held().Count);
        Assert.Equal(0, Drift());
    }

    [Fact]
    public async Task Restored_backup_still_knows_the_mailbox()
    {
        var erased = await _fixture.ConfirmAsync("box+0@example.org");
        await SignAsync(1, 2, 3, 4);
        await _fixture.BackUpAsync();
        await _fixture.EraseAsync(erased);
        await _fixture.RestoreAsync();
        Assert.Equal(0, Count("signatures WHERE folded_index IS NOT NULL AND blind_index IS NULL"));
        await SignAsync(5);
        Assert.Empty(Held());
        await SignAsync(6);
        Assert.Single(Held());
    }

    [Fact]
    public void Hold_for_the_mailbox_comes_first_and_outlasts_the_request()
    {
        Assert.Equal("alike", SigningRules.HoldOfNew(5, 5, "network"));
        Assert.Equal("network", SigningRules.HoldOfNew(4, 5, "network"));
        Assert.Null(SigningRules.HoldOfNew(4, 5, null));
        string?[] holds = [null, "network", "alike"];
        Assert.Equal([null, null, "alike"], holds.Select(hold => SigningRules.HoldOfReplaced(hold, null)));
        Assert.Equal(
            ["network", "network", "alike"],
            holds.Select(hold => SigningRules.HoldOfReplaced(hold, "network"))
        );
        Assert.Equal([null, null, "alike"], holds.Select(hold => SigningRules.HoldOfRepeated(hold, null)));
        Assert.Equal(holds, holds.Select(hold => SigningRules.HoldOfRepeated(hold, "network")));
    }

    private async Task SignAsync(params int[] tags)
    {
        foreach (var tag in tags)
            await _fixture.SignAsync($"box+{tag}@example.org");
    }

    private List<long> Held() =>
        _fixture.Query(connection =>
            connection.Query<long>("SELECT id FROM signatures WHERE hold_reason = 'alike' ORDER BY id").ToList()
        );

    private long Count(string rows) =>
        _fixture.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {rows}"));

    private long Drift() => _fixture.Get<RecountStore>().Drift(_fixture.Campaign.Id);
}
