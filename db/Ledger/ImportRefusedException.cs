namespace Campaigns.Db.Ledger;

/// <summary>
/// The file is not the published ledger that this database needs; the message is for the operator.
/// The import changed nothing.
/// </summary>
public sealed class ImportRefusedException(string message) : Exception(message);
