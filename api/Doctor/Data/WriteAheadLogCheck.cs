using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The write-ahead log does not fill the disk.</summary>
internal sealed class WriteAheadLogCheck(EngineInspection engine) : ICheck
{
    public static string Name => "write-ahead-log";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var bytes = engine.LogBytes();
        var what = engine.IsEmbedded ? "The write-ahead log has" : "PostgreSQL retains for replication slots";
        return Task.FromResult(new CheckResult(CheckLimits.WriteAheadLog(bytes), $"{what} {Megabytes.Text(bytes)}."));
    }
}
