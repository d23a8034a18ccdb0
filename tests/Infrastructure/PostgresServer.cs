using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A real PostgreSQL for the tests: its own data folder below the temporary folder, its own port on
/// 127.0.0.1 (and a socket in its folder), run by an unprivileged user. Disposing, or the end of
/// the process that started it, even by a kill, stops the server and deletes its folder.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>
    /// The role of the product: it owns its database and has no other privileges.
    /// </summary>
    public const string User = "campaign";

    private const string Superuser = "postgres";

    // Waits for the other end of the pipe to close, for whatever reason, and cleans up.
    private const string CleanupScript = """
        exec > /dev/null 2>&1
        cat
        pid=$(head -n 1 "$1/data/postmaster.pid")
        if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; then
          kill -QUIT "$pid"; kill -CONT "$pid"
          while readlink "/proc/$pid/cwd"; do sleep 0.1; done
        fi
        rm -rf "$1"
        """;

    // Sorts by an English locale and not by bytes as SQLite does: the product must depend on neither.
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
    private readonly Process _cleanup;

    private PostgresServer(Action<PostgresServer> fill, string[] settings)
    {
        var setsid = new ProcessStartInfo("setsid", ["sh", "-c", CleanupScript, "keeper", _folder])
        {
            RedirectStandardInput = true,
        };
        _cleanup = Process.Start(setsid)!;
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
    /// The server for all tests of a run, started on first use. It does not fsync, so it is fast
    /// and a machine crash loses its data.
    /// </summary>
    public static PostgresServer Shared => _shared.Value;

    public int Port { get; } = TestPorts.Next();

    /// <summary>Its data folder.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>Its log file, which contains failed statements.</summary>
    public string Log => Path.Combine(_folder, "log");

    // Debian's package creates the first account; the second exists everywhere.
    private static string Account =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";

    /// <summary>
    /// Starts an empty, durable server, as PostgreSQL is by default. Settings are
    /// <c>name=value</c>.
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
    /// Starts a standby: a copy of a running server that replicates it through a replication slot.
    /// Slot and standby are called <paramref name="name"/> in the primary's
    /// <c>synchronous_standby_names</c>.
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
            // The copied settings would make it wait for itself once it is the primary.
            ["synchronous_standby_names=", .. settings]
        );

    /// <summary>
    /// The product's connection string. The pools are small, because every database has its own and
    /// there are many.
    /// </summary>
    public string ConnectionString(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Maximum Pool Size=8"
        );

    /// <summary>
    /// Creates a database that belongs to the product's role, empty or as a copy of a database
    /// without connections. Returns its connection string.
    /// </summary>
    public string CreateDatabase(string name, string? copyOf = null)
    {
        Execute($"CREATE DATABASE {name} OWNER {User}" + (copyOf is null ? "" : $" TEMPLATE {copyOf}"));
        return ConnectionString(name);
    }

    /// <summary>Drops a database and ends its connections.</summary>
    public void DropDatabase(string name) => Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>
    /// Runs SQL as the superuser, outside a transaction and without waiting for a standby.
    /// </summary>
    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Host=127.0.0.1;Port={Port};Database=postgres;Username={Superuser};"
                    + $"Pooling=false;Options=-c synchronous_commit=local"
            )
        );
        connection.Open();
        connection.Execute(sql);
    }

    /// <summary>
    /// Starts it again after <see cref="Stop"/> or <see cref="Kill"/>, on the same port. Returns
    /// once it accepts connections.
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

    /// <summary>Stops it in order, and ends open connections.</summary>
    public void Stop() => Run("pg_ctl", "stop", "--wait", "--mode", "fast", "--pgdata", Data);

    /// <summary>Kills it and all its child processes at once, as a power cut would.</summary>
    public void Kill()
    {
        var postmaster = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First();
        // Paused first, so that it neither starts children nor reacts to their end.
        Command.Run("kill", "-STOP", postmaster);
        var children = File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Command.Run("kill", ["-KILL", .. children, postmaster]);
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (children.Append(postmaster).Any(IsAlive))
        {
            Assert.True(DateTime.UtcNow < deadline, "PostgreSQL is still running after it was killed.");
            Thread.Sleep(10);
        }
        // The process is dead, but counts as running until its parent has reaped it, and would prevent the next
        // start.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        foreach (var socket in Directory.GetFiles(_folder, ".s.PGSQL.*"))
            File.Delete(socket);
    }

    /// <summary>Promotes a standby to primary.</summary>
    public void Promote() => Run("pg_ctl", "promote", "--wait", "--pgdata", Data);

    public void Dispose()
    {
        _cleanup.StandardInput.Close();
        _cleanup.WaitForExit(TimeSpan.FromSeconds(30));
        _cleanup.Dispose();
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
        // Debian's newest version, which is not on the path; elsewhere the tools are on it.
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
