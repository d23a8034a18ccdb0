using Campaigns.Db.Staff;

namespace Campaigns.Db.SignIn;

/// <summary>A member who is signed in to the console in one browser.</summary>
public sealed record StaffSession
{
    public required long Id { get; init; }
    public required StaffMember Member { get; init; }

    /// <summary>The browser and its system, such as <c>Firefox, Linux</c>.</summary>
    public required string Device { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>When the member last proved a second factor; null if not in this session.</summary>
    public required DateTimeOffset? SecondFactorAt { get; init; }
}
