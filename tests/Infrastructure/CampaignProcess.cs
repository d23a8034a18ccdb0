using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The product in a process of its own, as operators run it, which a test can kill.
/// </summary>
public sealed class CampaignProcess : IAsyncDisposable
{
    // A removal in a sensitive campaign waits for its delay.
    // The people of all tests share a mail domain.
    private static readonly string[] _testSettings =
    [
        "--Ledger:MinBatch=1",
        "--Ledger:SensitiveMaxDelay=00:00:01",
        "--Limits:LettersPerMailDomainPerHour=1000000",
    ];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private CampaignProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>A client for its address; set once it serves.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>
    /// Settings that put everything it writes into one folder and the database that belongs to it.
    /// The keys are there too unless <paramref name="keys"/> is set.
    /// </summary>
    public static string[] On(string folder, string? keys = null) =>
        [
            $"--Data:Directory={folder}",
            $"--Keys:Directory={keys ?? Path.Combine(folder, "keys")}",
            .. DatabaseUnderTest.Arguments(folder),
        ];

    /// <summary>Starts a command, or a server, without waiting for it.</summary>
    public static CampaignProcess Begin(params string[] arguments) => Start(Path.GetTempPath(), arguments);

    /// <summary>Runs a command to its end; returns its exit code and output.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var process = Start(Path.GetTempPath(), arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process._process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new Xunit.Sdk.XunitException(
                $"{string.Join(' ', arguments)} does not end: {process.Output} {process.Errors}"
            );
        }
        return (process._process.ExitCode, process.Output, process.Errors);
    }

    /// <summary>
    /// Starts a separate worker on that folder, beside APIs with <c>Worker:InProcess=false</c>.
    /// Returns once its jobs run.
    /// </summary>
    public static async Task<CampaignProcess> WorkAsync(string folder, params string[] settings)
    {
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        var worker = Start(
            temporary,
            [.. On(folder), "--Mail:Transport=folder", .. _testSettings, .. settings],
            "Campaigns.Worker.dll"
        );
        try
        {
            await CampaignServer.UntilAsync(
                async () =>
                {
                    await worker.AssertRunsAsync();
                    return worker.Output.Contains("Application started", StringComparison.Ordinal);
                },
                "the worker does not start",
                120
            );
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Serves, outside Development, on a port of its own; returns once it is ready.
    /// </summary>
    public static async Task<CampaignProcess> ServeAsync(string folder, params string[] settings)
    {
        // Inside the data folder, so that temporary files are searched too.
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        var server = Start(
            temporary,
            ["--urls=http://127.0.0.1:0", .. On(folder), "--Mail:Transport=folder", .. _testSettings, .. settings]
        );
        try
        {
            await CampaignServer.UntilAsync(
                async () =>
                {
                    await server.AssertRunsAsync();
                    return server.Address() is not null;
                },
                "the server does not listen"
            );
            server.Http = new HttpClient { BaseAddress = server.Address(), Timeout = TimeSpan.FromSeconds(60) };
            var ready = "";
            await CampaignServer.UntilAsync(
                async () =>
                {
                    var answer = await server.Http.GetAsync("/healthz/ready");
                    ready = await answer.Content.ReadAsStringAsync();
                    return (int)answer.StatusCode == 200;
                },
                () => $"the server is not ready: {ready}",
                60
            );
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it without a warning, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>
    /// Pauses it at any point, like a machine that is out of memory or is being migrated. Its
    /// connections stay open.
    /// </summary>
    public void Pause() => Command.Run("kill", "-STOP", Id.ToString(CultureInfo.InvariantCulture));

    public void Continue() => Command.Run("kill", "-CONT", Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Asks it to stop, as a service manager does; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Command.Run("kill", "-TERM", Id.ToString(CultureInfo.InvariantCulture));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static CampaignProcess Start(string temporary, string[] arguments, string program = "Campaigns.Api.dll")
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment["TMPDIR"] = temporary;
        // The runtime's diagnostic pipes would be in the temporary folder, and reading a pipe blocks forever.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = new CampaignProcess(new Process { StartInfo = start });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    private async Task AssertRunsAsync()
    {
        if (!HasExited)
            return;
        // Waits until all its output has been read.
        await _process.WaitForExitAsync();
        throw new Xunit.Sdk.XunitException($"The process ended with {_process.ExitCode}: {Output} {Errors}");
    }

    private Uri? Address() =>
        Regex.Match(Output, @"Now listening on: (http://[0-9.:]+)") is { Success: true } found
            ? new Uri(found.Groups[1].Value)
            : null;

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
