using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    [Required]
    public string Provider { get; set; } = Sqlite;

    /// <summary>
    /// Null means the SQLite file in the data folder. PostgreSQL requires one; it may name several
    /// hosts, and the primary is used.
    /// </summary>
    public string? ConnectionString { get; set; }
}
