using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Engine.Sqlite;

namespace Campaigns.Db.Inspection;

/// <summary>
/// A database that is only read: nothing is migrated, locked, made or written, so that it can be
/// inspected beside a server and while it is broken.
/// </summary>
public sealed class InspectedDatabase : IDisposable
{
    private readonly Dialect _dialect;
    private readonly bool _owns;

    internal InspectedDatabase(Dialect dialect, bool owns) => (_dialect, _owns) = (dialect, owns);

    /// <summary>The file of the embedded database; null on PostgreSQL.</summary>
    public string? File => (_dialect as SqliteDialect)?.File;

    internal Dialect Dialect => _dialect;

    /// <summary>
    /// Throws <see cref="StartRefusedException"/> when there is no database, or the settings name
    /// none.
    /// </summary>
    public static InspectedDatabase Open(DatabaseOptions options, string dataFolder)
    {
        if (options.Provider == DatabaseOptions.Postgres)
            return new InspectedDatabase(PostgresStart.Parse(options), owns: true);
        if (options.Provider != DatabaseOptions.Sqlite)
            throw new StartRefusedException("Database:Provider must be sqlite or postgres.");
        var dialect = OpenEmbedded(options, dataFolder);
        return System.IO.File.Exists(dialect.File)
            ? new InspectedDatabase(dialect, owns: true)
            : throw new StartRefusedException(
                "There is no database in the data folder. The server's settings name it (Data:Directory)."
            );
    }

    /// <summary>Opens a read-only connection.</summary>
    public DbConnection Read() => _dialect.OpenForReading();

    public void Dispose()
    {
        if (_owns)
            _dialect.Dispose();
    }

    private static SqliteDialect OpenEmbedded(DatabaseOptions options, string dataFolder)
    {
        try
        {
            return new SqliteDialect(
                options.ConnectionString ?? $"Data Source={Path.Combine(dataFolder, Database.FileName)}",
                readOnly: true
            );
        }
        catch (ArgumentException)
        {
            // The exception's message is left out, because it may quote a password.
            throw new StartRefusedException("Database:ConnectionString cannot be read. Leave it empty for SQLite.");
        }
    }
}
