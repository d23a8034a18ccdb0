namespace Campaigns.Api.StaffConsole.Account;

/// <summary>Names the texts of a member's own data.</summary>
public sealed class AccountTexts;
