namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>Names the texts of the screens about a campaign's timeline.</summary>
public sealed class UpdatesTexts;
