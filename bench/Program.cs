using System.Net.Sockets;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Scenarios;
using Campaigns.Bench.Server;
using Campaigns.Db;
using Campaigns.Db.Files;

namespace Campaigns.Bench;

internal static class Program
{
    private static readonly (string Name, string Database, Func<BenchOptions, Task<Report>> Run)[] _scenarios =
    [
        ("sign", DatabaseOptions.Sqlite, SignScenario.RunAsync),
        ("confirm", DatabaseOptions.Sqlite, ConfirmScenario.RunAsync),
        ("counts", DatabaseOptions.Sqlite, CountsScenario.RunAsync),
        ("grow", DatabaseOptions.Sqlite, GrowScenario.RunAsync),
        ("packet", DatabaseOptions.Sqlite, PacketScenario.RunAsync),
        ("letters", DatabaseOptions.Sqlite, LettersScenario.RunAsync),
        ("update", DatabaseOptions.Sqlite, UpdateScenario.RunAsync),
        ("console", DatabaseOptions.Sqlite, ConsoleScenario.RunAsync),
        ("sign", DatabaseOptions.Postgres, SignOnPostgresScenario.RunAsync),
    ];

    public static async Task<int> Main(string[] args)
    {
        PrivateFiles.EveryNewFile();
        switch (args)
        {
            case [BenchServer.Mode, .. var settings]:
                return await BenchServer.RunAsync(settings);
            case [BarePdf.Mode, .. var arguments]:
                return BarePdf.Run(arguments);
        }

        // One thread drives all connections, so that the client uses as little as possible of the cores that it shares
        // with the server.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
        if (
            BenchOptions.Parse(args) is not { } options
            || _scenarios.Where(scenario => options.Asks(scenario.Name, scenario.Database)).ToList()
                is not { Count: > 0 } asked
        )
        {
            var names = string.Join('|', _scenarios.Select(scenario => scenario.Name).Distinct());
            await Console.Error.WriteLineAsync(
                $"Usage: dotnet run -c Release --project bench -- {names}|all\n{BenchOptions.Usage}"
            );
            return 2;
        }
        try
        {
            foreach (var (name, database, run) in asked)
            {
                var report = await run(options);
                Console.WriteLine(report.ToMarkdown());
                if (options.Record)
                    ResultsFile.Record(
                        database == DatabaseOptions.Sqlite ? name : $"{name} --database {database}",
                        report
                    );
            }
            return 0;
        }
        catch (Exception error)
            when (error is WrongResultException or SocketException or HttpRequestException or TimeoutException)
        {
            // A rate with wrong responses is not a result.
            await Console.Error.WriteLineAsync($"The run is void: {error.Message}");
            return 1;
        }
    }
}

/// <summary>A response, a row or a letter was not the expected result of the load.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
