namespace Campaigns.Staff;

/// <summary>
/// One link of the chain over the audit trail. It stays when its line is deleted after its time,
/// so that the links after it can still be checked.
/// </summary>
public sealed record AuditLink
{
    /// <summary>The number of the link; the first is 1.</summary>
    public required long N { get; init; }

    /// <summary>The day of the line, counted from 1 January 1970.</summary>
    public required long Day { get; init; }

    /// <summary>True for a line about a sign-in, which is deleted earlier.</summary>
    public required bool IsSignIn { get; init; }

    /// <summary>See <see cref="AuditChain.HashLine"/>; in lower-case hex.</summary>
    public required string LineHash { get; init; }
}
