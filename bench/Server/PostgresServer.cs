using System.Diagnostics;
using System.Globalization;
using Campaigns.Bench.Reports;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Schema;
using Dapper;
using Npgsql;

namespace Campaigns.Bench.Server;

/// <summary>
/// A PostgreSQL server for the bench: empty, durable, in its own folder, on 127.0.0.1, run by an
/// unprivileged user. It stops and its folder is deleted when this is disposed of or when this
/// process ends for any reason.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "campaign";

    // Runs in its own session, so that Ctrl-C does not reach it. It runs until its standard input ends, and then
    // deletes its folder.
    private const string Script = """
        exec > log 2>&1
        "$1" --pgdata data --username "$3" --auth trust --encoding UTF8 --locale C.UTF-8 || exit 1
        server="$2"; folder="$PWD"; shift 3
        "$server" -D data "$@" &
        cat > /dev/null
        kill -QUIT $!
        wait
        rm -rf "$folder"
        """;

    private readonly DataFolder _folder;
    private readonly int _port = ServerProcess.FreePort();
    private readonly Process _process;

    private PostgresServer(BenchOptions options)
    {
        _folder = new DataFolder(options);
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={_port}"),
            $"unix_socket_directories={_folder.Path}",
            .. Durability,
            .. Size,
        ];
        string[] command =
        [
            "sh",
            "-c",
            Script,
            "sh",
            Find("initdb"),
            Find("postgres"),
            User,
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        // PostgreSQL refuses to run as root.
        if (Environment.IsPrivilegedProcess)
        {
            var (account, group) = Unprivileged();
            using var chown = Process.Start("chown", [$"{account}:{group}", _folder.Path]);
            chown.WaitForExit();
            command = ["setpriv", $"--reuid={account}", $"--regid={group}", "--clear-groups", .. command];
        }
        _process = Process.Start(
            new ProcessStartInfo("setsid", command) { RedirectStandardInput = true, WorkingDirectory = _folder.Path }
        )!;
    }

    /// <summary>The settings that make it durable.</summary>
    public static IReadOnlyList<string> Durability { get; } =
    ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

    /// <summary>The settings of its size.</summary>
    public static IReadOnlyList<string> Size { get; } =
    ["shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200"];

    public string Version { get; private set; } = "";

    /// <summary>
    /// The processor time of all its processes so far; on Linux only.
    /// </summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var postmaster = File.ReadLines(Path.Combine(_folder.Path, "data", "postmaster.pid")).First();
            // The times of the postmaster and its ended children, then those of its running children.
            var ticks = Ticks(postmaster, 4);
            foreach (
                var child in File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
                ticks += Ticks(child, 2);
            return TimeSpan.FromMilliseconds(10 * ticks);
        }
    }

    /// <summary>Returns once it accepts connections.</summary>
    public static async Task<PostgresServer> StartAsync(BenchOptions options)
    {
        Progress.Say("PostgreSQL is set up");
        var server = new PostgresServer(options);
        for (var tries = 0; tries < 600 && !server._process.HasExited; tries++)
        {
            try
            {
                await using var connection = server.Connect();
                server.Version = await connection.QuerySingleAsync<string>("SHOW server_version");
                return server;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(100);
            }
        }
        var last = File.ReadLines(Path.Combine(server._folder.Path, "log")).LastOrDefault();
        server.Dispose();
        throw new WrongResultException($"PostgreSQL did not start: {last}");
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await using var connection = Connect();
        await connection.ExecuteAsync($"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Creates a database with the product's tables and without rows.</summary>
    public async Task<string> CreateMigratedAsync(string name)
    {
        var connectionString = await CreateDatabaseAsync(name);
        using var dialect = new PostgresDialect(connectionString);
        await BlockAsync(() =>
        {
            using var connection = dialect.OpenForReading();
            return Migrations.Run(connection, dialect, TimeProvider.System.UtcNow());
        });
        return connectionString;
    }

    /// <summary>The rows of a database.</summary>
    public Rows Rows(string name) => new(new PostgresDialect(ConnectionString(name)));

    /// <summary>
    /// Runs blocking calls of Npgsql on another thread. They wait for the one thread that drives
    /// all sockets of this process, so they must not block it.
    /// </summary>
    public static Task<T> BlockAsync<T>(Func<T> work) => Task.Run(work);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Database={database};Username={User}");

    private NpgsqlConnection Connect() => new(ConnectionString("postgres") + ";Pooling=false");

    // In hundredths of a second. The times are the 14th field and those after it. The name of the process, in brackets,
    // may contain any character, so fields are counted from the last bracket.
    private static long Ticks(string process, int fields)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..]
                .Split(' ')
                .Skip(11)
                .Take(fields)
                .Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The process has ended since it was listed.
            return 0;
        }
    }

    // The account of Debian's package if it exists, else the unprivileged account of every system.
    private static (string Account, string Group) Unprivileged()
    {
        var accounts = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .ToDictionary(fields => fields[0], fields => (fields[2], fields[3]));
        return accounts.TryGetValue("postgres", out var account) ? account : accounts["nobody"];
    }

    private static string Find(string tool)
    {
        // Debian's newest version, which is not in the path; on other systems the tool in the path.
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return debian
            .OrderByDescending(version =>
                int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0
            )
            .Select(version => Path.Combine(version, "bin", tool))
            .FirstOrDefault(File.Exists)
            ?? tool;
    }
}
