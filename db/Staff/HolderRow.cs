namespace Campaigns.Db.Staff;

/// <summary>The columns of the member who holds a token or an address.</summary>
internal abstract class HolderRow
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? RevokedAt { get; init; }

    protected StaffMember ToMember() =>
        new()
        {
            Id = Id,
            Name = Name,
            Role = Role,
            Countries = Countries,
            CreatedAt = CreatedAt,
            RevokedAt = RevokedAt,
        };
}
