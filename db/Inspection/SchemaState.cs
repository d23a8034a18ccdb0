namespace Campaigns.Db.Inspection;

/// <summary>How the schema of a database differs from the schema of this program.</summary>
/// <param name="Newest">The newest migration that ran.</param>
/// <param name="Missing">Migrations of this program that did not run.</param>
/// <param name="Unknown">Migrations that ran and that this program does not have.</param>
public sealed record SchemaState(string? Newest, IReadOnlyList<string> Missing, IReadOnlyList<string> Unknown);
