using Npgsql;

namespace Campaigns.Db;

/// <summary>Where <c>Jobs:Storage=postgres</c> keeps the job board: a schema of its own beside the product's tables.</summary>
public static class JobDatabase
{
    public const string Schema = "campaign_jobs";

    /// <summary>
    /// The connection string of the job board: the product's own, with a small pool of its own. Throws
    /// <see cref="ArgumentException"/> when it cannot be parsed; its message may quote a password.
    /// </summary>
    public static string ConnectionString(DatabaseOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "campaign-jobs",
            IncludeErrorDetail = false,
            MaxPoolSize = 30,
            Timeout = 5,
            HostRecheckSeconds = 1,
        };
        // Of several hosts only the primary can write.
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true) settings.TargetSessionAttributes = "primary";
        return settings.ConnectionString;
    }
}
