namespace Campaigns.Db.Packets;

/// <summary>The signature on a printed line of a packet.</summary>
public sealed record PrintedLine
{
    public required long Signature { get; init; }

    /// <summary>Its state now, also <c>held</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why staff invalidated it; null in every other state.</summary>
    public required string? Reason { get; init; }
}
