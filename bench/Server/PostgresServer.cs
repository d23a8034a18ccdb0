using System.Diagnostics;
using System.Globalization;
using Campaigns.Bench.Reports;
using Campaigns.Db;
using Dapper;
using Npgsql;

namespace Campaigns.Bench.Server;

/// <summary>
/// A PostgreSQL of the bench's own: empty, durable, in a folder of its own, on 127.0.0.1, run by an
/// unprivileged user. It ends, and its folder goes, when this is disposed of or when this process
/// ends, however that happens.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "campaign";

    // In a session of its own, so that no Ctrl-C reaches it: it lives until its standard input ends, and what it leaves
    // nobody needs.
    private const string Life = """
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
            Life,
            "sh",
            Find("initdb"),
            Find("postgres"),
            User,
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        // It refuses to run as root.
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

    /// <summary>What it must keep to be called durable; the words of its configuration.</summary>
    public static IReadOnlyList<string> Durability { get; } =
    ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

    /// <summary>What it may use.</summary>
    public static IReadOnlyList<string> Size { get; } =
    ["shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200"];

    public string Version { get; private set; } = "";

    /// <summary>
    /// What it has taken of the processors so far, with all its processes; only Linux tells.
    /// </summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var postmaster = File.ReadLines(Path.Combine(_folder.Path, "data", "postmaster.pid")).First();
            // Its own time, and that of its children which have ended; then those that live.
            var ticks = Ticks(postmaster, 4);
            foreach (
                var child in File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
                ticks += Ticks(child, 2);
            return TimeSpan.FromMilliseconds(10 * ticks);
        }
    }

    /// <summary>Returns once it takes connections.</summary>
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
        throw new WrongResultException($"PostgreSQL does not run: {last}");
    }

    /// <summary>Makes an empty database and returns what to connect with.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await using var connection = Connect();
        await connection.ExecuteAsync($"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Makes a database without rows that has the product's tables.</summary>
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

    /// <summary>A look at the rows of a database.</summary>
    public Rows Rows(string name) => new(new PostgresDialect(ConnectionString(name)));

    /// <summary>
    /// Runs what calls Npgsql and blocks: it waits for the one thread that drives all sockets here,
    /// and so must not run on it.
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

    // In hundredths of a second. The name of a process, in brackets, may hold anything; the times are the 14th field
    // and those after it.
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
            // It ended since it was listed.
            return 0;
        }
    }

    // Debian's package makes the first; the second is everywhere.
    private static (string Account, string Group) Unprivileged()
    {
        var accounts = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .ToDictionary(fields => fields[0], fields => (fields[2], fields[3]));
        return accounts.TryGetValue("postgres", out var account) ? account : accounts["nobody"];
    }

    private static string Find(string tool)
    {
        // The newest of Debian's, which are not in the path; elsewhere they are.
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
