namespace Campaigns.Api.StaffConsole.People;

/// <summary>Names the texts of the members' screen.</summary>
public sealed class PeopleTexts;
