namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// A migration was refused or did not finish. The message is for the operator and has no personal
/// data. The old database continues to serve, unless the message says otherwise.
/// </summary>
public sealed class MigrationRefusedException(string message) : Exception(message);
