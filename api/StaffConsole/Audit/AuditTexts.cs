namespace Campaigns.Api.StaffConsole.Audit;

/// <summary>
/// Names the texts of the audit trail. Each action that the program writes has a sentence,
/// <c>Action.{action}</c>; the actions of a kind are listed under <c>Kind.{kind}</c>.
/// </summary>
public sealed class AuditTexts;
