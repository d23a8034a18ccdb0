using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every status × every act of a packet, against a table that is written out here.
/// </summary>
public sealed class PacketLifecycleTests
{
    // The status afterwards, - for no change, or the code of the refusal in brackets. An x: the file's key is
    // deleted; a !: the build starts over.
    // queued, building, ready, failed, stale, ended
    private static readonly Dictionary<PacketAct, string> _expected = new()
    {
        [PacketAct.Claim] = "building building - - - -",
        [PacketAct.Renew] = "- building - - - -",
        [PacketAct.Publish] = "- ready - - - -",
        [PacketAct.Fail] = "- failed - - - -",
        [PacketAct.Release] = "- queued - - - -",
        [PacketAct.Invalidate] = "- -! stalex - - -",
        [PacketAct.End] = "- - endedx - - -",
        [PacketAct.Rebuild] = "- - queuedx queuedx queuedx queuedx",
        [PacketAct.Damage] = "- - failedx - - -",
        [PacketAct.Download] =
            "[packet-not-ready] [packet-not-ready] - [packet-not-ready] [packet-stale] [packet-ended]",
        [PacketAct.FindLine] = "[packet-not-ready] [packet-not-ready] - [packet-not-ready] - [packet-ended]",
        [PacketAct.HandOver] =
            "[packet-not-ready] [packet-not-ready] - [packet-not-ready] [packet-stale] [packet-not-ready]",
    };

    public static TheoryData<PacketAct> Acts => [.. Enum.GetValues<PacketAct>()];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_does_in_each_status_what_the_table_says(PacketAct act) =>
        Assert.Equal(_expected[act], string.Join(' ', PacketStatus.All.Select(status => After(status, act))));

    [Fact]
    public void The_statuses_are_those_of_the_database() =>
        Assert.Equal(["queued", "building", "ready", "failed", "stale", "ended"], PacketStatus.All);

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
            return $"[{refusal.Code}]";
        return (transition.Status ?? "-")
            + (transition.DeletesFile ? "x" : "")
            + (transition.RestartsBuild ? "!" : "");
    }
}
