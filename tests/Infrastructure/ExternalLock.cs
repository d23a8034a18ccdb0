using System.Diagnostics;
using Campaigns.Db;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Another process that locks a file until disposed.</summary>
internal sealed class ExternalLock : IDisposable
{
    private readonly Process _process;

    private ExternalLock(Process process) => _process = process;

    public static async Task<ExternalLock> TakeAsync(string path)
    {
        var start = new ProcessStartInfo(
            "python3",
            [Path.Combine(InstallationRoot.Find().Path, "tests", "tools", "hold_lock.py"), path]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var held = new ExternalLock(Process.Start(start)!);
        try
        {
            Assert.Equal(
                "held",
                await held._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60))
            );
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
