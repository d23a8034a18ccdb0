using Campaigns.Checks;
using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The end of the log shows no personal data and no secret.</summary>
internal sealed class LogCheck(IOptions<DoctorOptions> options, InstallationRoot root, CanaryFilter canaries) : ICheck
{
    public static string Name => "log";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (options.Value.LogFile.Length == 0)
            return Task.FromResult(CheckResult.Skipped("Doctor:LogFile does not name the file of the log."));
        var file = root.Resolve(options.Value.LogFile);
        if (!File.Exists(file))
            return Task.FromResult(CheckResult.Fail("There is no file of the name Doctor:LogFile."));
        var lines = LogTail.Read(file, LogTail.Scanned);
        var looked = $"last {Plural.Count(lines.Count, "line")}";
        var found = lines.Count(canaries.IsFound);
        return Task.FromResult(
            found > 0
                ? CheckResult.Fail($"{found} of the {looked} of the log may show an address, a link or a secret.")
                : CheckResult.Pass($"The {looked} of the log show no address, link or secret.")
        );
    }
}
