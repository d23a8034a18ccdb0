using System.Diagnostics;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests;

/// <summary>
/// Runs the checkers in another language. Python 3 has to be there: a machine that cannot check
/// fails, it does not skip.
/// </summary>
internal static class PythonChecker
{
    public static async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3")
        {
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1", ["no_proxy"] = "*" },
        };
        start.ArgumentList.Add(Path.Combine(InstallationRoot.Find().Path, "tests", "tools", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var (code, output, errors) = await Command.RunAsync(start);
        return (code, output + errors);
    }
}
