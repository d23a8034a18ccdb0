using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Engine.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The database that belongs to a data folder: the SQLite file in the folder or, with
/// <c>CAMPAIGN_TEST_DATABASE=postgres</c>, a separate database on the shared PostgreSQL. That
/// database is created on first use and dropped after the folder is gone.
/// </summary>
internal static class DatabaseUnderTest
{
    private static readonly ConcurrentDictionary<string, Lazy<Made>> _made = new(StringComparer.Ordinal);
    private static int _count;

    public static bool IsPostgres { get; } =
        Environment.GetEnvironmentVariable("CAMPAIGN_TEST_DATABASE") switch
        {
            null or "" or DatabaseOptions.Sqlite => false,
            "postgres" => true,
            var other => throw new InvalidOperationException(
                $"CAMPAIGN_TEST_DATABASE is '{other}'; it must be 'sqlite' or 'postgres'."
            ),
        };

    /// <summary>How long after its end a lease is still respected.</summary>
    public static TimeSpan ClockSkewAllowance => IsPostgres ? WriterLease.ClockSkewAllowance : TimeSpan.Zero;

    /// <summary>Settings the product needs besides its data folder; none on SQLite.</summary>
    public static Dictionary<string, string?> Settings(string data) =>
        IsPostgres
            ? new() { ["Database:Provider"] = "postgres", ["Database:ConnectionString"] = Of(data).ConnectionString }
            : [];

    /// <summary>
    /// Assigns a database on another server, or another database than before, to a data folder. The
    /// test creates and drops it.
    /// </summary>
    public static void Assign(string data, string connectionString)
    {
        Assert.True(IsPostgres, "This test needs PostgreSQL: run it with CAMPAIGN_TEST_DATABASE=postgres.");
        _made[Path.GetFullPath(data)] = new(new Made("", connectionString, data));
    }

    /// <summary>The settings as <see cref="DatabaseOptions"/>.</summary>
    public static DatabaseOptions Options(string data)
    {
        var options = new DatabaseOptions();
        new ConfigurationBuilder().AddInMemoryCollection(Settings(data)).Build().GetSection("Database").Bind(options);
        return options;
    }

    /// <summary>The settings as command line arguments.</summary>
    public static string[] Arguments(string data) =>
        [.. Settings(data).Select(setting => $"--{setting.Key}={setting.Value}")];

    /// <summary>A writable connection that bypasses the product.</summary>
    public static DbConnection Open(string data)
    {
        if (!IsPostgres)
            return new SqliteDialect($"Data Source={Path.Combine(data, Database.FileName)}").OpenForWriting();
        SqlMapping.Set();
        var connection = new NpgsqlConnection(Of(data).ConnectionString + ";Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>
    /// Replaces a database, which may be missing, with a copy of a closed one. The folders must
    /// exist.
    /// </summary>
    public static void Copy(string from, string to)
    {
        if (IsPostgres)
        {
            var (source, target) = (Of(from).Name, Of(to).Name);
            PostgresServer.Shared.DropDatabase(target);
            PostgresServer.Shared.CreateDatabase(target, copyOf: source);
            return;
        }
        foreach (var file in Directory.GetFiles(to, Database.FileName + "*"))
            File.Delete(file);
        foreach (var file in Directory.GetFiles(from, Database.FileName + "*"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static Made Of(string data)
    {
        data = Path.GetFullPath(data);
        return _made.GetOrAdd(data, _ => new(() => Make(data))).Value;
    }

    private static Made Make(string data)
    {
        foreach (
            var (gone, made) in _made.Where(pair =>
                pair.Value.IsValueCreated && !Directory.Exists(pair.Value.Value.Anchor)
            )
        )
        {
            if (_made.TryRemove(gone, out _) && made.Value.Name.Length > 0)
                PostgresServer.Shared.DropDatabase(made.Value.Name);
        }
        // The product may not have created the folder yet. An existing parent folder is deleted no later than
        // the folder.
        var anchor = data;
        while (!Directory.Exists(anchor))
            anchor = Path.GetDirectoryName(anchor)!;
        var name = string.Create(CultureInfo.InvariantCulture, $"campaign_{Interlocked.Increment(ref _count)}");
        return new(name, PostgresServer.Shared.CreateDatabase(name), anchor);
    }

    // The name is empty when a test created the database itself.
    private sealed record Made(string Name, string ConnectionString, string Anchor);
}
