namespace Campaigns.Api.StaffConsole.Sharing;

/// <summary>Names the texts of the screen about sharing.</summary>
public sealed class SharingTexts;
