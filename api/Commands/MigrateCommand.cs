using Campaigns.Db;
using Campaigns.Db.Inspection;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Commands;

internal static class MigrateCommand
{
    /// <summary>Creates the database, or runs the migrations that it lacks.</summary>
    public static async Task<int> RunAsync(string[] settings)
    {
        await using var installation = CommandHost.Open(settings);
        return 0;
    }

    /// <summary>
    /// Prints which migrations would run, one a line in their order, and changes nothing.
    /// </summary>
    public static async Task<int> PlanAsync(string[] settings, TextWriter output, TextWriter errors)
    {
        await using var installation = CommandHost.Configure(settings, serving: false);
        var plan = MigrationPlan.Read(
            installation.Get<IOptions<DatabaseOptions>>().Value,
            installation.Get<InstallationRoot>().Resolve(installation.Get<IOptions<DataOptions>>().Value.Directory)
        );
        foreach (var name in plan)
            await output.WriteLineAsync(name);
        await errors.WriteLineAsync(
            plan.Count == 0
                ? "The database has the schema of this program."
                : $"{Plural.Count(plan.Count, "migration")} would run."
        );
        return 0;
    }
}
