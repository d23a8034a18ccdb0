namespace Campaigns.Api.StaffConsole.Signatures;

/// <summary>Names the texts of the screens about signatures.</summary>
public sealed class SignaturesTexts;
