namespace Campaigns.Db.Packets;

/// <summary>The result of publishing a packet.</summary>
public enum PublishResult
{
    Published,

    /// <summary>
    /// A signer was removed or lowered the disclosure since the build began: build again.
    /// </summary>
    SourceChanged,

    /// <summary>Another worker claimed the packet, or it is no longer building: stop.</summary>
    LeaseLost,
}
