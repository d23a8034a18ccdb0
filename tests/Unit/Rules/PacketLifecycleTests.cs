using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every status × every act of a packet, against a table that is written out here.
/// </summary>
public sealed class PacketLifecycleTests
{
    // The status afterwards, - for no change, or the code of the refusal in brackets; D is already-decided, N is
    // packet-not-ready. An x: the file's key is deleted; a !: the build starts over.
    // awaiting-approval, declined, queued, building, ready, failed, stale, ended
    private static readonly Dictionary<PacketAct, string> _expected = new()
    {
        [PacketAct.Await] = "- - awaiting-approval awaiting-approval - - - -",
        [PacketAct.Approve] = "queued D D D D D D D",
        [PacketAct.Decline] = "declined D D D D D D D",
        [PacketAct.Claim] = "- - building building - - - -",
        [PacketAct.Renew] = "- - - building - - - -",
        [PacketAct.Publish] = "- - - ready - - - -",
        [PacketAct.Fail] = "- - - failed - - - -",
        [PacketAct.Release] = "- - - queued - - - -",
        [PacketAct.Invalidate] = "- - - -! stalex - - -",
        [PacketAct.End] = "- - - - endedx - - -",
        [PacketAct.Rebuild] = "- D - - queuedx queuedx queuedx queuedx",
        [PacketAct.Damage] = "- - - - failedx - - -",
        [PacketAct.Download] = "N N N N - N [packet-stale] [packet-ended]",
        [PacketAct.FindLine] = "N N N N - N - [packet-ended]",
        [PacketAct.HandOver] = "N N N N - N [packet-stale] N",
    };

    public static TheoryData<PacketAct> Acts => [.. Enum.GetValues<PacketAct>()];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_does_in_each_status_what_the_table_says(PacketAct act) =>
        Assert.Equal(_expected[act], string.Join(' ', PacketStatus.All.Select(status => After(status, act))));

    [Fact]
    public void A_packet_that_waits_for_approval_is_built_only_after_it()
    {
        foreach (var status in (string[])[PacketStatus.AwaitingApproval, PacketStatus.Declined])
            Assert.Null(PacketLifecycle.Find(status, PacketAct.Claim).Status);
        var leaving =
            from act in Enum.GetValues<PacketAct>()
            let transition = PacketLifecycle.Find(PacketStatus.AwaitingApproval, act)
            where transition.Status is not null
            select (act, transition.Status);
        Assert.Equal([(PacketAct.Approve, PacketStatus.Queued), (PacketAct.Decline, PacketStatus.Declined)], leaving);
        Assert.All(Enum.GetValues<PacketAct>(), act =>
            Assert.Null(PacketLifecycle.Find(PacketStatus.Declined, act).Status)
        );
    }

    [Fact]
    public void The_statuses_are_those_of_the_database() =>
        Assert.Equal(
            ["awaiting-approval", "declined", "queued", "building", "ready", "failed", "stale", "ended"],
            PacketStatus.All
        );

    [Fact]
    public void Only_a_ready_packet_is_downloaded_and_only_a_build_makes_it_ready()
    {
        Assert.Equal(
            [PacketStatus.Ready],
            PacketStatus.All.Where(status => PacketLifecycle.Find(status, PacketAct.Download).Refusal is null)
        );
        var publishing =
            from act in Enum.GetValues<PacketAct>()
            from status in PacketStatus.All
            where PacketLifecycle.Find(status, act).Status == PacketStatus.Ready
            select (act, status);
        Assert.Equal([(PacketAct.Publish, PacketStatus.Building)], publishing);
    }

    [Fact]
    public void A_packet_that_leaves_ready_loses_its_file()
    {
        foreach (var act in Enum.GetValues<PacketAct>())
        {
            var transition = PacketLifecycle.Find(PacketStatus.Ready, act);
            Assert.Equal(transition.Status is not null, transition.DeletesFile);
        }
    }

    [Fact]
    public void A_stale_or_ended_packet_is_only_built_again()
    {
        foreach (var status in (string[])[PacketStatus.Stale, PacketStatus.Ended])
            Assert.Equal(
                [PacketAct.Rebuild],
                Enum.GetValues<PacketAct>().Where(act => PacketLifecycle.Find(status, act).Status is not null)
            );
    }

    private static string After(string status, PacketAct act)
    {
        var transition = PacketLifecycle.Find(status, act);
        if (transition.Refusal is { } refusal)
            return refusal.Code switch
            {
                "already-decided" => "D",
                "packet-not-ready" => "N",
                var code => $"[{code}]",
            };
        return (transition.Status ?? "-") + (transition.DeletesFile ? "x" : "") + (transition.RestartsBuild ? "!" : "");
    }
}
