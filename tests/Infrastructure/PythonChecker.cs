using System.Diagnostics;
using Campaigns.Db;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Runs the checkers written in Python. Python 3 is required: without it the tests fail and are not
/// skipped.
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
