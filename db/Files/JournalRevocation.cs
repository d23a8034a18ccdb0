namespace Campaigns.Db.Files;

/// <summary>A staff token that was revoked, which a restored backup must not bring back.</summary>
public sealed record JournalRevocation(DateTimeOffset At, long StaffId);
