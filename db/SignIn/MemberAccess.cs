namespace Campaigns.Db.SignIn;

/// <summary>A member of staff as administrators see one.</summary>
public sealed record MemberAccess
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the access ended; null while it goes on.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When a session or a token was last used.</summary>
    public required DateTimeOffset? SeenAt { get; init; }
    public required long Passkeys { get; init; }
    public required bool HasAuthenticator { get; init; }
    public required bool HasAccount { get; init; }
    public required long Tokens { get; init; }

    /// <summary>
    /// <c>passkey</c>, <c>authenticator</c>, <c>none</c> for a member who signs in without, or
    /// <c>token</c> for a member who does not sign in.
    /// </summary>
    public string SecondFactor =>
        Passkeys > 0 ? "passkey"
        : HasAuthenticator ? "authenticator"
        : HasAccount ? "none"
        : "token";
}
