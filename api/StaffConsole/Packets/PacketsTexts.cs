namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>Names the texts of the screens about packets.</summary>
public sealed class PacketsTexts;
