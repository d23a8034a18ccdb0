namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>Names the texts of the screens about the settings of a campaign.</summary>
public sealed class SettingsTexts;
