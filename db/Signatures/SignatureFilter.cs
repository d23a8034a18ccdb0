namespace Campaigns.Db.Signatures;

/// <summary>Which signatures staff list; null for any.</summary>
public sealed record SignatureFilter
{
    /// <summary>One of <see cref="global::Campaigns.Signatures.SignatureState"/>.</summary>
    public string? State { get; init; }
    public string? Country { get; init; }

    /// <summary>Only signatures on hold for this reason.</summary>
    public string? HoldReason { get; init; }
    public long? Wave { get; init; }

    /// <summary>Signed at this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Signed before this instant.</summary>
    public DateTimeOffset? To { get; init; }
}
