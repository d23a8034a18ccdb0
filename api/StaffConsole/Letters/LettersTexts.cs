namespace Campaigns.Api.StaffConsole.Letters;

/// <summary>Names the texts of the screens about letters.</summary>
public sealed class LettersTexts;
