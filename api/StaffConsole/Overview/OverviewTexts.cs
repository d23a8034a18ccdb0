namespace Campaigns.Api.StaffConsole.Overview;

/// <summary>Names the texts of a campaign's figures.</summary>
public sealed class OverviewTexts;
