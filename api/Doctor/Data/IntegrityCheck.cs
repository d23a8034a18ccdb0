using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The database is not damaged.</summary>
internal sealed class IntegrityCheck(EngineInspection engine) : ICheck
{
    public static string Name => "integrity";

    public static bool IsDeep => true;

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (engine.IsEmbedded)
            return Task.FromResult(
                engine.FindDamage() is null
                    ? CheckResult.Pass("All pages of the database are whole.")
                    : CheckResult.Fail("Pages of the database are damaged.")
            );
        return Task.FromResult(
            engine.ChecksumFailures() switch
            {
                null => CheckResult.Warn(
                    "PostgreSQL has no checksums of its pages (data_checksums), so damage stays unseen."
                ),
                0 => CheckResult.Pass("PostgreSQL found no page with a wrong checksum."),
                { } failures => CheckResult.Fail($"PostgreSQL found {failures} pages with a wrong checksum."),
            }
        );
    }
}
