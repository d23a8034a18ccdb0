using System.Globalization;
using Campaigns.Db;

namespace Campaigns.Bench;

/// <summary>The options of the command line.</summary>
internal sealed record BenchOptions(string Scenario)
{
    public const string Usage = """
          --rounds N        measured rounds of each side (default 5); one more warms up
          --seconds N       length of a round (default 5)
          --connections N   connections that sign and confirm (default 256)
          --quick           two rounds of one second, and small volumes: a functional check, not a measurement
          --data FOLDER     the folder for the servers' data (default: the system's temporary folder)
          --database NAME   sqlite (default), or postgres: sign alone, beside SQLite, by 1, 2 and 4 servers
          --record          rewrites this scenario's section of bench/RESULTS.md; "all" always does
        """;

    private const string Everything = "all";

    public int Rounds { get; init; } = 5;

    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(5);

    public int Connections { get; init; } = 256;

    /// <summary>The value of the product's setting <c>Database:Provider</c>.</summary>
    public string Database { get; init; } = DatabaseOptions.Sqlite;

    public bool Quick { get; init; }

    public bool Record { get; init; }

    public string DataFolder { get; init; } = Path.GetTempPath();

    public bool Asks(string scenario, string database) =>
        (Scenario == scenario || Scenario == Everything) && Database == database;

    /// <summary>A size, or a fiftieth of it with <c>--quick</c>.</summary>
    public int Volume(int size) => Quick ? size / 50 : size;

    /// <summary>Null when an argument is unknown or invalid.</summary>
    public static BenchOptions? Parse(string[] args)
    {
        if (args is not [var scenario, .. var rest])
            return null;
        var options = new BenchOptions(scenario) { Record = scenario == Everything };
        for (var at = 0; at < rest.Length; at++)
        {
            var value = at + 1 < rest.Length ? rest[at + 1] : "";
            var isNumber =
                int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (rest[at])
            {
                case "--quick":
                    options = options with { Quick = true, Rounds = 2, Length = TimeSpan.FromSeconds(1) };
                    continue;
                case "--record":
                    options = options with { Record = true };
                    continue;
                case "--rounds" when isNumber:
                    options = options with { Rounds = number };
                    break;
                case "--seconds" when isNumber:
                    options = options with { Length = TimeSpan.FromSeconds(number) };
                    break;
                case "--connections" when isNumber:
                    options = options with { Connections = number };
                    break;
                case "--database" when value is DatabaseOptions.Sqlite or DatabaseOptions.Postgres:
                    options = options with { Database = value };
                    break;
                case "--data" when Directory.Exists(value):
                    options = options with { DataFolder = Path.GetFullPath(value) };
                    break;
                default:
                    return null;
            }
            at++;
        }
        return options;
    }
}
