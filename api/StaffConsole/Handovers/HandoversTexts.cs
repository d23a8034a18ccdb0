namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>Names the texts of the screens about hand-overs.</summary>
public sealed class HandoversTexts;
