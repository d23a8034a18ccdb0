using System.Globalization;
using Campaigns.Bench.Client;
using Campaigns.Bench.References;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// Durable signing on PostgreSQL with one, two and four servers. It is compared with one server on
/// SQLite, one transaction a request on the same PostgreSQL, and that PostgreSQL alone.
/// </summary>
internal static class SignOnPostgresScenario
{
    private const int Accepted = 202;
    private const string BareDatabase = "bare";
    private static readonly int[] _processes = [1, 2, 4];

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        using var postgres = await PostgresServer.StartAsync(options);
        var sites = new List<Site>();
        try
        {
            sites.Add(await Site.OpenAsync(options));
            foreach (var processes in _processes)
                sites.Add(
                    await Site.OnPostgresAsync(
                        postgres,
                        await postgres.CreateDatabaseAsync(Name(processes)),
                        processes,
                        options
                    )
                );
            await postgres.CreateMigratedAsync(OneTransaction.DatabaseName);
            using var insert = new BareInsert(await postgres.CreateMigratedAsync(BareDatabase));
            return await MeasureAsync(postgres, sites, insert, options);
        }
        finally
        {
            foreach (var site in sites)
                await site.DisposeAsync();
        }
    }

    private static async Task<Report> MeasureAsync(
        PostgresServer postgres,
        List<Site> sites,
        BareInsert insert,
        BenchOptions options
    )
    {
        Side[] signing =
        [
            new("SQLite, 1 API"),
            .. _processes.Select(processes => new Side($"PostgreSQL, {processes} {(processes == 1 ? "API" : "APIs")}")),
        ];
        var oneByOne = new Side("PostgreSQL, 1 API, one transaction a request");
        var bare = new Side("PostgreSQL alone, 256 signatures a statement");
        var people = signing.Select(_ => new SignRequests(Site.Api("/signatures"))).ToList();
        var others = new SignRequests(Site.Reference("/one-transaction"));
        using var signed = postgres.Rows(Name(1));
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var (place, side) in signing.Index())
                await sites[place]
                    .TakeAsync(side, round, load => load.RunAsync(people[place].Next, Accepted, options.Length));
            await sites[1].TakeAsync(oneByOne, round, load => load.RunAsync(others.Next, Accepted, options.Length));
            var before = postgres.ProcessorTime;
            var inserted = await PostgresServer.BlockAsync(() => insert.Run(signed, options.Length));
            bare.Add(round, inserted with { DatabaseSeconds = (postgres.ProcessorTime - before).TotalSeconds });
        }
        SignScenario.ExpectRows(sites[0].Folder.Rows(), signing[0].Answered);
        foreach (var (place, processes) in _processes.Index())
            await ExpectRowsAsync(Name(processes), signing[place + 1]);
        await ExpectRowsAsync(OneTransaction.DatabaseName, oneByOne);
        await ExpectRowsAsync(BareDatabase, bare);

        var report = new Report(
            $"""
            PostgreSQL {postgres.Version} on the same machine:
            {string.Join(", ", (string[])[.. PostgresServer.Durability, .. PostgresServer.Size])}.
            {options.Connections} connections, spread evenly over the APIs, each of which is a process;
            {options.Rounds} rounds of {options.Length.TotalSeconds:0} s in turns after one to warm up. Every answer
            202; rows of signatures, consents and letters and the counters equal the answers. Limits off, no line a
            request in the log, mail server down (letters wait). APIs, PostgreSQL and client share the cores: more
            APIs cannot be faster here, but the table shows whether they slow each other down. PostgreSQL alone has no
            HTTP, nothing is parsed or encrypted, and the times are those of a statement.
            """,
            [
                "",
                "signatures/s",
                .. Side.TimeColumns[2..],
                "API CPU µs each",
                "PostgreSQL CPU µs each",
                "/ SQLite",
                "/ PostgreSQL, 1 API",
            ]
        );
        foreach (var side in (Side[])[.. signing, oneByOne, bare])
            report.Row([.. side.Times, .. side.Costs, Ratio(side, signing[0]), Ratio(side, signing[1])]);
        return report;

        Task ExpectRowsAsync(string database, Side side) =>
            PostgresServer.BlockAsync(() =>
            {
                SignScenario.ExpectRows(postgres.Rows(database), side.Answered);
                return true;
            });
    }

    private static string Name(int processes) => string.Create(CultureInfo.InvariantCulture, $"campaign_{processes}");

    private static string Ratio(Side side, Side reference) =>
        side.Against(reference).Median().ToString("0.00", CultureInfo.InvariantCulture);
}
