using System.Security.Cryptography;
using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>
/// A file of the data folder is what was written, after fsync and a change of its name. The file is
/// the check's own and is deleted.
/// </summary>
internal sealed class FsyncCheck(WrittenFolders folders) : ICheck
{
    public static string Name => "fsync";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folders.Data))
            return Task.FromResult(CheckResult.Skipped("There is no data folder."));
        try
        {
            var written = RandomNumberGenerator.GetBytes(4096);
            return Task.FromResult(
                DiskProbe.ReadBack(folders.Data, written).AsSpan().SequenceEqual(written)
                    ? CheckResult.Pass("A file survives fsync and a change of its name.")
                    : CheckResult.Fail("A file reads back differently from what was written.")
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(
                CheckResult.Fail($"A file cannot be written to the data folder ({error.GetType().Name}).")
            );
        }
    }
}
