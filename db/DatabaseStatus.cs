namespace Campaigns.Db;

/// <summary>The database as shown to operators.</summary>
public sealed record DatabaseStatus
{
    /// <summary>The version of the SQLite library or of the PostgreSQL server.</summary>
    public required string Version { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The file of the newest migration.</summary>
    public required string Migration { get; init; }

    public required DateTimeOffset MigratedAt { get; init; }
}
