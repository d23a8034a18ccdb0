using System.Data.Common;
using Campaigns.Checks;
using Campaigns.Db;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The database can be opened, its version is good, and it loses no commit.</summary>
internal sealed class EngineCheck(IServiceProvider services) : ICheck
{
    public static string Name => "database";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var engine = services.GetRequiredService<EngineInspection>();
            var version = engine.Version();
            return Task.FromResult(
                engine.IsEmbedded ? EngineVersions.CheckSqlite(version)
                : engine.FindUnsafeSettings() is { Count: > 0 } off
                    ? CheckResult.Fail($"PostgreSQL can lose acknowledged commits: off is {string.Join(", ", off)}.")
                : EngineVersions.CheckPostgres(version)
            );
        }
        catch (StartRefusedException refused)
        {
            return Task.FromResult(CheckResult.Fail(refused.Message));
        }
        catch (DbException error)
        {
            return Task.FromResult(CheckResult.Fail($"The database cannot be opened ({error.GetType().Name})."));
        }
    }
}
