using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A real PostgreSQL of the tests' own: its own data folder below the temporary folder, its own
/// port, reached on 127.0.0.1 (and by a socket in its folder), run by an unprivileged user. It
/// ends, and its folder goes, with its disposal or with the process that began it, even if that is
/// killed.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>
    /// What the product connects as: a role that owns its database and may do nothing else.
    /// </summary>
    public const string User = "campaign";

    private const string Superuser = "postgres";

    // Waits for the end of the process at the other end of the pipe, however that ended, and clears up behind it.
    private const string Keeper = """
        exec > /dev/null 2>&1
        cat
        pid=$(head -n 1 "$1/data/postmaster.pid")
        if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; then
          kill -QUIT "$pid"; kill -CONT "$pid"
          while readlink "/proc/$pid/cwd"; do sleep 0.1; done
        fi
        rm -rf "$1"
        """;

    // Sorts as a machine set up in English does, not byte by byte as SQLite does: the product must not lean on either.
    private static readonly string[] _initdb =
    [
        "--username",
        Superuser,
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--locale-provider",
        "icu",
        "--icu-locale",
        "en-US",
        "--no-sync",
    ];

    private static readonly Lazy<PostgresServer> _shared = new(() =>
        Start("fsync=off", "full_page_writes=off", "max_wal_size=4GB", "max_connections=300")
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-postgres-").FullName;
    private readonly Process _keeper;

    private PostgresServer(Action<PostgresServer> fill, string[] settings)
    {
        var setsid = new ProcessStartInfo("setsid", ["sh", "-c", Keeper, "keeper", _folder])
        {
            RedirectStandardInput = true,
        };
        _keeper = Process.Start(setsid)!;
        try
        {
            if (Environment.IsPrivilegedProcess)
                Command.Run("chown", Account, _folder);
            fill(this);
            File.AppendAllLines(
                Path.Combine(Data, "postgresql.conf"),
                [
                    "listen_addresses = '127.0.0.1'",
                    string.Create(CultureInfo.InvariantCulture, $"port = {Port}"),
                    $"unix_socket_directories = '{_folder}'",
                    .. settings
                        .Select(setting => setting.Split('=', 2))
                        .Select(setting => $"{setting[0]} = '{setting[1]}'"),
                ]
            );
            Begin();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// One for all tests of a run, begun when the first asks for it. It is fast and forgets what it
    /// was told when the machine dies.
    /// </summary>
    public static PostgresServer Shared => _shared.Value;

    public int Port { get; } = TestPorts.Next();

    /// <summary>Its data folder.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>What it said, statements that failed among it.</summary>
    public string Log => Path.Combine(_folder, "log");

    // Debian's package makes the first; the second is everywhere.
    private static string Account =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";

    /// <summary>
    /// An empty one that keeps what it acknowledged, as PostgreSQL does unless told otherwise.
    /// Settings are <c>name=value</c>.
    /// </summary>
    public static PostgresServer Start(params string[] settings)
    {
        var server = new PostgresServer(
            server => server.Run("initdb", ["--pgdata", server.Data, .. _initdb]),
            settings
        );
        server.Execute($"CREATE ROLE {User} LOGIN");
        return server;
    }

    /// <summary>
    /// A standby, which copies a running one and then follows it; what it has not read is kept for
    /// it in a replication slot. Slot and standby are called <paramref name="name"/> in the
    /// primary's <c>synchronous_standby_names</c>.
    /// </summary>
    public static PostgresServer StandbyOf(PostgresServer primary, string name, params string[] settings) =>
        new(
            server =>
                server.Run(
                    "pg_basebackup",
                    [
                        "--pgdata",
                        server.Data,
                        "--checkpoint",
                        "fast",
                        "--write-recovery-conf",
                        "--create-slot",
                        "--slot",
                        name,
                        "--dbname",
                        $"{primary.Address(Superuser)} application_name={name}",
                    ]
                ),
            // As a primary it waits for nobody, unless told so: what it copied would have it wait for itself.
            ["synchronous_standby_names=", .. settings]
        );

    /// <summary>
    /// What the product connects with. Every database has its own pool, and there are many
    /// databases: the pools are small.
    /// </summary>
    public string ConnectionString(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Maximum Pool Size=8"
        );

    /// <summary>
    /// Makes a database that belongs to the product's role, empty or a copy of one that nobody is
    /// connected to; returns its connection string.
    /// </summary>
    public string CreateDatabase(string name, string? copyOf = null)
    {
        Execute($"CREATE DATABASE {name} OWNER {User}" + (copyOf is null ? "" : $" TEMPLATE {copyOf}"));
        return ConnectionString(name);
    }

    /// <summary>Drops it, whoever is connected.</summary>
    public void DropDatabase(string name) => Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>
    /// Runs SQL as the superuser, outside a transaction and without waiting for a standby.
    /// </summary>
    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Host=127.0.0.1;Port={Port};Database=postgres;Username={Superuser};Pooling=false;Options=-c synchronous_commit=local"
            )
        );
        connection.Open();
        connection.Execute(sql);
    }

    /// <summary>
    /// Begins it again after <see cref="Stop"/> or <see cref="Kill"/>, on the same port; returns
    /// once it takes connections.
    /// </summary>
    public void Begin()
    {
        try
        {
            Run("pg_ctl", "start", "--wait", "--timeout", "120", "--pgdata", Data, "--log", Log);
        }
        catch (Xunit.Sdk.XunitException error) when (File.Exists(Log))
        {
            throw new Xunit.Sdk.XunitException(
                $"{error.Message}\n{string.Join('\n', File.ReadLines(Log).TakeLast(10))}"
            );
        }
    }

    /// <summary>Ends it in order, without waiting for those who are connected.</summary>
    public void Stop() => Run("pg_ctl", "stop", "--wait", "--mode", "fast", "--pgdata", Data);

    /// <summary>Ends it and every process of its own at once, as a power cut would.</summary>
    public void Kill()
    {
        var postmaster = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First();
        // MigrationLock still, so that it neither begins new processes nor mourns those that go.
        Command.Run("kill", "-STOP", postmaster);
        var children = File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Command.Run("kill", ["-KILL", .. children, postmaster]);
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (children.Append(postmaster).Any(IsAlive))
        {
            Assert.True(DateTime.UtcNow < deadline, "PostgreSQL outlives its killing.");
            Thread.Sleep(10);
        }
        // Dead, but until its parent has looked it still counts as running, and would keep the next from beginning.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        foreach (var socket in Directory.GetFiles(_folder, ".s.PGSQL.*"))
            File.Delete(socket);
    }

    /// <summary>Makes a standby the primary.</summary>
    public void Promote() => Run("pg_ctl", "promote", "--wait", "--pgdata", Data);

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit(TimeSpan.FromSeconds(30));
        _keeper.Dispose();
    }

    // PostgreSQL refuses to run as root, and so do most of its tools.
    private void Run(string tool, params string[] arguments)
    {
        string[] command = [Find(tool), .. arguments];
        if (Environment.IsPrivilegedProcess)
            command = ["setpriv", $"--reuid={Account}", $"--regid={GroupOf(Account)}", "--clear-groups", .. command];
        Command.Run("env", ["--chdir", _folder, .. command]);
    }

    private string Address(string user) =>
        string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Port} user={user}");

    private static string GroupOf(string account) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == account)[3];

    private static bool IsAlive(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
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
