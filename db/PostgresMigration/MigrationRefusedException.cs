namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// A move that cannot be done or did not end, with a line for the operator; carries no personal
/// data. The old database serves on, unless the line says otherwise.
/// </summary>
public sealed class MigrationRefusedException(string message) : Exception(message);
