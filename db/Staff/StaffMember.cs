
namespace Campaigns.Db.Staff;

/// <summary>
/// A member of staff. <c>Countries</c> is the scope of an organiser and empty for every other role.
/// </summary>
public sealed record StaffMember
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? RevokedAt { get; init; }
}
