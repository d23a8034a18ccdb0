using Dapper;
using Npgsql;

namespace Campaigns.Db;

/// <summary>
/// Where <c>Jobs:Storage=postgres</c> keeps the job board: a schema of its own,
/// beside the product's tables unless <c>Jobs:ConnectionString</c> names another database.
/// </summary>
public static class JobDatabase
{
    public const string Schema = "campaign_jobs";

    private const string AcquireStartLock = "SELECT pg_advisory_xact_lock(4201964003)";

    private const string CountMissing =
        "SELECT count(*) FROM unnest(@tables) AS needed WHERE to_regclass(@Schema || '.' || needed) IS NULL";

    /// <summary>
    /// Drops a board that lacks one of these tables, so that it can be created again; its history
    /// goes, rows of the product stay. Several processes may do it at once.
    /// </summary>
    /// <param name="connectionString">From <see cref="ConnectionString"/>.</param>
    /// <param name="tables">All tables of the board.</param>
    public static void DropDamagedBoard(string connectionString, string[] tables)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        connection.Execute(AcquireStartLock);
        if (connection.QuerySingle<long>(CountMissing, new { tables, Schema }) > 0)
            connection.Execute($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        transaction.Commit();
    }

    /// <summary>
    /// The given connection string as the job board uses it, with a pool of its own. Throws
    /// <see cref="ArgumentException"/> when it cannot be parsed; its message may quote a password.
    /// </summary>
    public static string ConnectionString(string? given)
    {
        var settings = new NpgsqlConnectionStringBuilder(given)
        {
            ApplicationName = "campaign-jobs",
            IncludeErrorDetail = false,
            // The scripts that create the board leave its schema as the search path of their session.
            NoResetOnClose = false,
            MaxPoolSize = 100,
            Timeout = 5,
            HostRecheckSeconds = 1,
        };
        // Of several hosts only the primary can write.
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
            settings.TargetSessionAttributes = "primary";
        return settings.ConnectionString;
    }

    /// <summary>True when it can be parsed.</summary>
    public static bool CanRead(string connectionString)
    {
        try
        {
            ConnectionString(connectionString);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
