namespace Campaigns.Db.Staff;

/// <summary>The member who has a token, with what the token allows.</summary>
public sealed record TokenHolder(StaffMember Member, long TokenId, bool ReadOnly, DateTimeOffset? UsedAt);
