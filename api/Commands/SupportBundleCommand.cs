using System.Globalization;
using Campaigns.Api.Doctor;
using Campaigns.Db.Files;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

/// <summary>
/// Collects what a stranger needs to help, without a row, an address or a secret.
/// </summary>
internal static class SupportBundleCommand
{
    /// <summary>Exit codes: 0 written, 2 not.</summary>
    public static async Task<int> RunAsync(string[] settings, FileInfo? to, TextWriter output)
    {
        await using var installation = DoctorHost.Create(settings);
        var path = to?.FullName
            ?? Path.GetFullPath(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"campaign-support-{TimeProvider.System.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.zip"
                )
            );
        if (Path.Exists(path))
            return WriteError("There is a file of that name already.");
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return WriteError("There is no such folder.");
        var reports = await installation.Get<CheckRunner>().RunAsync(deep: true, CancellationToken.None);
        using (var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.ReadWrite))
            installation.Get<SupportBundle>().Write(reports, file);
        await output.WriteLineAsync(path);
        return 0;
    }
}
