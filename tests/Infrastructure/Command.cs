using System.Diagnostics;
using System.Text;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Runs external programs. A program that does not end is killed and fails its test.
/// </summary>
internal static class Command
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    /// <summary>Returns what a program printed; fails when its exit code is not 0.</summary>
    public static string Run(string program, params string[] arguments)
    {
        // On the thread pool, because the caller's thread is blocked until the program has ended.
        var (code, output, errors) = Task.Run(() => RunAsync(new ProcessStartInfo(program, arguments)))
            .GetAwaiter()
            .GetResult();
        Assert.True(code == 0, $"{program} ends with {code}: {errors} {output}");
        return output;
    }

    /// <summary>Returns the exit code and all output, as UTF-8.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        ProcessStartInfo start,
        ReadOnlyMemory<byte> input = default
    )
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        (start.StandardOutputEncoding, start.StandardErrorEncoding) = (Encoding.UTF8, Encoding.UTF8);
        using var patience = new CancellationTokenSource(_timeout);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.StandardInput.BaseStream.WriteAsync(input, patience.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new Xunit.Sdk.XunitException($"{start.FileName} did not end within {_timeout.TotalMinutes} minutes.");
        }
    }
}
