using Campaigns.Checks;

namespace Campaigns.Api.Doctor.Data;

/// <summary>
/// The data folder is on a disk of this machine: locks and fsync of network file systems differ.
/// </summary>
internal sealed class FileSystemCheck(WrittenFolders folders) : ICheck
{
    public static string Name => "file-system";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folders.Data))
            return Task.FromResult(CheckResult.Skipped("There is no data folder."));
        var kind = new DriveInfo(folders.Data).DriveFormat;
        return Task.FromResult(FileSystems.Check(kind));
    }
}
