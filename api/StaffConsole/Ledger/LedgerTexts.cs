namespace Campaigns.Api.StaffConsole.Ledger;

/// <summary>Names the texts of the ledger's screen.</summary>
public sealed class LedgerTexts;
