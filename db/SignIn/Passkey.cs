namespace Campaigns.Db.SignIn;

/// <summary>A passkey of a member, for its list.</summary>
public sealed record Passkey
{
    public required long Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The host that it was made for; a browser offers it to that host only.</summary>
    public required string Host { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? UsedAt { get; init; }
}
