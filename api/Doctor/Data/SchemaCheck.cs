using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The schema of the database is that of this program.</summary>
internal sealed class SchemaCheck(EngineInspection engine) : ICheck
{
    public static string Name => "schema";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var schema = engine.Schema();
        return Task.FromResult(
            schema.Unknown.Count > 0
                ? CheckResult.Fail(
                    $"A newer program migrated this database: {Plural.Count(schema.Unknown.Count, "migration")} "
                        + $"unknown here, the newest is {schema.Unknown[^1]}."
                )
            : schema.Missing.Count > 0
                ? CheckResult.Warn(
                    $"{Plural.Count(schema.Missing.Count, "migration")} did not run yet, "
                        + $"the first is {schema.Missing[0]}."
                )
            : CheckResult.Pass($"The newest migration is {schema.Newest}.")
        );
    }
}
