namespace Campaigns.Db.Staff;

/// <summary>The member who has a calendar address, with the address.</summary>
public sealed record CalendarHolder(StaffMember Member, StaffCalendar Calendar);
