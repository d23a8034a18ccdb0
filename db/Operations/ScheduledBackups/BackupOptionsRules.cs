using Microsoft.Extensions.Options;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>Refuses the start while scheduled backups could not be made.</summary>
internal sealed class BackupOptionsRules(IOptions<DatabaseOptions> database, InstallationRoot root)
    : IValidateOptions<BackupOptions>
{
    public ValidateOptionsResult Validate(string? name, BackupOptions options) =>
        Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;

    private string? Problem(BackupOptions options)
    {
        if (!options.IsOn)
            return null;
        if (database.Value.Provider != DatabaseOptions.Sqlite)
            return "Backup:Directory is for the embedded database. "
                + "PostgreSQL has tools of its own (docs/operating.md).";
        return options.PublicKey.Length == 0
            ? "Backup:PublicKey is not set, and Backup:Directory is: backups are encrypted to that key."
            : BackupKey.FindProblem(root.Resolve(options.PublicKey));
    }
}
