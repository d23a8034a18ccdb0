namespace Campaigns.Tests.Infrastructure;

/// <summary>Needs a value that only Linux provides; elsewhere the test is skipped.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Only Linux reports the peak memory of a process.";
    }
}
