namespace Campaigns.Db.SignIn;

/// <summary>
/// A link that lets a person join, or a member set up the sign-in again. It works once.
/// </summary>
public sealed record Invitation
{
    public required long Id { get; init; }

    /// <summary>The member whom it lets sign in; null if joining adds the member.</summary>
    public required long? StaffId { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who invited; null for the operator at the command line.</summary>
    public required string? InvitedBy { get; init; }

    /// <summary>
    /// The id of the member who joins. A new member gets the invitation's, because a passkey names
    /// its member before there is one.
    /// </summary>
    public long MemberId => StaffId ?? Id;
}
