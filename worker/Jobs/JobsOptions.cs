using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Jobs;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed class JobsOptions
{
    public const string Section = "Jobs";

    /// <summary>
    /// In the memory of the process that runs jobs: no setup and no file.
    /// </summary>
    public const string Memory = "memory";

    /// <summary>In PostgreSQL: APIs and workers share one board.</summary>
    public const string Postgres = "postgres";

    /// <summary>
    /// Where the job board is stored. Pending work is in rows of the product's own tables in both
    /// cases.
    /// </summary>
    public string Storage { get; set; } = Memory;

    /// <summary>
    /// The board's connection string; empty means that of the product's database. The board needs
    /// sessions. If the product connects through a pooler in transaction mode, this setting must
    /// name the server itself.
    /// </summary>
    public string ConnectionString { get; set; } = "";
}

internal sealed class JobsOptionsRules(IOptions<DatabaseOptions> database) : IValidateOptions<JobsOptions>
{
    public ValidateOptionsResult Validate(string? name, JobsOptions options) =>
        options.Storage switch
        {
            JobsOptions.Memory when options.ConnectionString.Length > 0 => ValidateOptionsResult.Fail(
                "Jobs:ConnectionString needs Jobs:Storage=postgres."
            ),
            JobsOptions.Memory => ValidateOptionsResult.Success,
            JobsOptions.Postgres when database.Value.Provider != DatabaseOptions.Postgres => ValidateOptionsResult.Fail(
                "Jobs:Storage=postgres needs Database:Provider=postgres."
            ),
            JobsOptions.Postgres when !JobDatabase.CanRead(options.ConnectionString) => ValidateOptionsResult.Fail(
                "Jobs:ConnectionString cannot be read. It looks like Host=…;Database=…;Username=…;Password=…."
            ),
            JobsOptions.Postgres => ValidateOptionsResult.Success,
            _ => ValidateOptionsResult.Fail("Jobs:Storage must be memory or postgres."),
        };
}
