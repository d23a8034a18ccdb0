using Campaigns.Checks;

namespace Campaigns.Api.Doctor.Data;

/// <summary>The disks have space left.</summary>
internal sealed class DiskSpaceCheck(WrittenFolders folders) : ICheck
{
    public static string Name => "disk-space";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var found = folders
            .Existing.Select(folder => (folder.Setting, Free: new DriveInfo(folder.Path).AvailableFreeSpace))
            .ToList();
        if (found.Count == 0)
            return Task.FromResult(CheckResult.Skipped("There is no data folder."));
        var least = found.MinBy(folder => folder.Free);
        return Task.FromResult(
            new CheckResult(
                CheckLimits.FreeSpace(least.Free),
                $"The disk of {least.Setting} has {Megabytes.Text(least.Free)} left."
            )
        );
    }
}
