namespace Campaigns.Api.StaffConsole.Today;

/// <summary>Names the texts of the first screen.</summary>
public sealed class TodayTexts;
