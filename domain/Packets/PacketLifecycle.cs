using static Campaigns.Packets.PacketAct;

namespace Campaigns.Packets;

/// <summary>One cell of the table in <see cref="PacketLifecycle"/>.</summary>
public sealed record PacketTransition
{
    /// <summary>Set if the act is refused; then nothing changes.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>
    /// The status afterwards, also if it is the same; null if the act does not change the packet.
    /// </summary>
    public string? Status { get; init; }

    /// <summary>True if the key of the file is deleted, so that no one can read the file.</summary>
    public bool DeletesFile { get; init; }

    /// <summary>
    /// True if the build in progress must not be published: it starts over when it notices.
    /// </summary>
    public bool RestartsBuild { get; init; }
}

/// <summary>What each act does to a packet in each status, as one table.</summary>
public static class PacketLifecycle
{
    private static PacketTransition Nothing { get; } = new();
    private static PacketTransition NotReady { get; } = new() { Refusal = Refusal.PacketNotReady };
    private static PacketTransition IsStale { get; } = new() { Refusal = Refusal.PacketStale };

    private static PacketTransition HasEnded { get; } = new() { Refusal = Refusal.PacketEnded };
    private static PacketTransition Decided { get; } = new() { Refusal = Refusal.AlreadyDecided };

    private static PacketTransition Hold { get; } = new() { Status = PacketStatus.AwaitingApproval };
    private static PacketTransition Reject { get; } = new() { Status = PacketStatus.Declined };

    private static PacketTransition Build { get; } = new() { Status = PacketStatus.Building };
    private static PacketTransition Finish { get; } = new() { Status = PacketStatus.Ready };
    private static PacketTransition GiveUp { get; } = new() { Status = PacketStatus.Failed };
    private static PacketTransition Return { get; } = new() { Status = PacketStatus.Queued };
    private static PacketTransition Restart { get; } = new() { RestartsBuild = true };
    private static PacketTransition Spoil { get; } = new() { Status = PacketStatus.Stale, DeletesFile = true };
    private static PacketTransition Lose { get; } = new() { Status = PacketStatus.Failed, DeletesFile = true };
    private static PacketTransition Retire { get; } = new() { Status = PacketStatus.Ended, DeletesFile = true };
    private static PacketTransition Requeue { get; } = new() { Status = PacketStatus.Queued, DeletesFile = true };

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<PacketAct, PacketTransition[]> _rows = new()
    {
        //               awaiting  declined queued   building  ready    failed    stale     ended
        [Await] = [Nothing, Nothing, Hold, Hold, Nothing, Nothing, Nothing, Nothing],
        [Approve] = [Return, Decided, Decided, Decided, Decided, Decided, Decided, Decided],
        [Decline] = [Reject, Decided, Decided, Decided, Decided, Decided, Decided, Decided],
        [Claim] = [Nothing, Nothing, Build, Build, Nothing, Nothing, Nothing, Nothing],
        [Renew] = [Nothing, Nothing, Nothing, Build, Nothing, Nothing, Nothing, Nothing],
        [Publish] = [Nothing, Nothing, Nothing, Finish, Nothing, Nothing, Nothing, Nothing],
        [Fail] = [Nothing, Nothing, Nothing, GiveUp, Nothing, Nothing, Nothing, Nothing],
        [Release] = [Nothing, Nothing, Nothing, Return, Nothing, Nothing, Nothing, Nothing],
        [Invalidate] = [Nothing, Nothing, Nothing, Restart, Spoil, Nothing, Nothing, Nothing],
        [End] = [Nothing, Nothing, Nothing, Nothing, Retire, Nothing, Nothing, Nothing],
        [Rebuild] = [Nothing, Decided, Nothing, Nothing, Requeue, Requeue, Requeue, Requeue],
        [Download] = [NotReady, NotReady, NotReady, NotReady, Nothing, NotReady, IsStale, HasEnded],
        [FindLine] = [NotReady, NotReady, NotReady, NotReady, Nothing, NotReady, Nothing, HasEnded],
        [HandOver] = [NotReady, NotReady, NotReady, NotReady, Nothing, NotReady, IsStale, NotReady],
        [Damage] = [Nothing, Nothing, Nothing, Nothing, Lose, Nothing, Nothing, Nothing],
    };
#pragma warning restore format

    /// <summary>What the act does to a packet of this status.</summary>
    public static PacketTransition Find(string status, PacketAct act) => _rows[act][Column(status)];

    /// <summary>The statuses in which the act changes the packet, for conditions in SQL.</summary>
    public static IReadOnlyList<string> StatusesChangedBy(PacketAct act) =>
        [.. PacketStatus.All.Where(status => Find(status, act).Status is not null)];

    private static int Column(string status) => PacketStatus.All.Index().First(column => column.Item == status).Index;
}
