namespace Campaigns.Packets;

/// <summary>
/// What can be done to a packet: the rows of the table in <see cref="PacketLifecycle"/>.
/// </summary>
public enum PacketAct
{
    /// <summary>
    /// An approval is missing that the packet needs: at the order, at a rebuild, or when a worker
    /// claims it.
    /// </summary>
    Await,

    /// <summary>A second member agrees.</summary>
    Approve,

    /// <summary>A second member disagrees.</summary>
    Decline,

    /// <summary>
    /// A worker claims the packet with a lease. A packet that is being built can be claimed once
    /// its lease has expired.
    /// </summary>
    Claim,

    /// <summary>The worker with the lease renews it.</summary>
    Renew,

    /// <summary>The worker with the lease publishes the file.</summary>
    Publish,

    /// <summary>The worker with the lease gives up.</summary>
    Fail,

    /// <summary>The worker with the lease returns the packet to the queue.</summary>
    Release,

    /// <summary>
    /// A signer in it is removed or shows less, or its recipient may see less.
    /// </summary>
    Invalidate,

    /// <summary>The file is older than files are kept.</summary>
    End,

    /// <summary>Staff build it again, with the same cut-off.</summary>
    Rebuild,

    Download,

    /// <summary>The file of the packet cannot be decrypted.</summary>
    Damage,

    /// <summary>Staff ask which signature a printed line is.</summary>
    FindLine,

    /// <summary>Staff record an attempt to hand it over.</summary>
    HandOver,
}
