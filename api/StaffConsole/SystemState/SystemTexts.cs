namespace Campaigns.Api.StaffConsole.SystemState;

/// <summary>Names the texts of the system's screen.</summary>
public sealed class SystemTexts;
