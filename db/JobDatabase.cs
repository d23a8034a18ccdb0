using Dapper;
using Npgsql;

namespace Campaigns.Db;

/// <summary>
/// The schema of the job board for <c>Jobs:Storage=postgres</c>. It lies beside the product's
/// tables unless <c>Jobs:ConnectionString</c> names another database.
/// </summary>
public static class JobDatabase
{
    public const string Schema = "campaign_jobs";

    private const string AcquireStartLock = "SELECT pg_advisory_xact_lock(4201964003)";

    private const string CountMissing =
        "SELECT count(*) FROM unnest(@tables) AS needed WHERE to_regclass(@Schema || '.' || needed) IS NULL";

    /// <summary>
    /// Drops a job board that lacks one of these tables, so that it can be created again. Its
    /// history is lost; the product's rows stay. Several processes may call this at once.
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
    /// Returns the connection string for the job board, with a separate pool. Throws
    /// <see cref="ArgumentException"/> when it cannot be parsed; the message may quote a password.
    /// </summary>
    public static string ConnectionString(string? given)
    {
        var settings = new NpgsqlConnectionStringBuilder(given)
        {
            ApplicationName = "campaign-jobs",
            IncludeErrorDetail = false,
            // The scripts that create the board change the search path of their session.
            NoResetOnClose = false,
            MaxPoolSize = 100,
            Timeout = 5,
            HostRecheckSeconds = 1,
        };
        // With several hosts, only the primary accepts writes.
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
            settings.TargetSessionAttributes = "primary";
        return settings.ConnectionString;
    }

    /// <summary>True when the connection string can be parsed.</summary>
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
