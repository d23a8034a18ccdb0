using SQLitePCL;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>Sets up the SQLite library of the product, once per process.</summary>
internal static class SqliteLibrary
{
    // Older versions can lose pages when the log is reset during another connection's checkpoint:
    // https://sqlite.org/wal.html#the_wal_reset_bug
    private const int Oldest = 3_051_003;

    private static readonly Lock _gate = new();
    private static bool _ready;

    /// <summary>The version of the loaded library, for the log.</summary>
    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Throws <see cref="StartRefusedException"/> for a library that is too old.</summary>
    public static void SetUp()
    {
        lock (_gate)
        {
            if (_ready)
                return;
            Batteries_V2.Init();
            RefuseOlder(raw.sqlite3_libversion_number());
            // Memory statistics are unused and cost a lock at every allocation. The connection locks stay on, because
            // an undisposed statement is finalised on another thread.
            Require(raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0));
            _ready = true;
        }
    }

    /// <summary>Throws <see cref="StartRefusedException"/> below 3.51.3.</summary>
    /// <param name="version">In the format of <c>sqlite3_libversion_number</c>: 3051003 is
    /// 3.51.3.</param>
    internal static void RefuseOlder(int version)
    {
        if (version >= Oldest)
            return;
        var text = $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}";
        throw new StartRefusedException(
            $"SQLite {text} can lose committed data (the WAL-reset bug); 3.51.3 or newer is needed."
        );
    }

    private static void Require(int result)
    {
        if (result != raw.SQLITE_OK)
            throw new InvalidOperationException("SQLite was in use before it was set up.");
    }
}
