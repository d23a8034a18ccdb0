namespace Campaigns.Db.Staff;

/// <summary>
/// What changed in a campaign since the visit before (<see cref="StaffVisit"/>).
/// </summary>
public sealed record LookChange(DateTimeOffset Since, LookFigures Figures);
