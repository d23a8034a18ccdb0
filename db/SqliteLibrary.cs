using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Campaigns.Db;

/// <summary>
/// Chooses the SQLite library: the bundled build is old and carries a published flaw, so the machine's own library is taken where it is
/// newer. Rejected: a second provider package for the system library, which cannot fall back.
/// </summary>
internal static unsafe class SqliteLibrary
{
    private static readonly Lock _gate = new();
    private static bool _chosen;

    public static void Choose()
    {
        lock (_gate)
        {
            if (_chosen) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            // Nobody asks how much memory is in use, and keeping the figure takes a lock at every allocation. Its locks on connections stay on:
            // a statement nobody disposed of is finalised on another thread.
            Require(raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0));
            _chosen = true;
        }
    }

    /// <summary>For the log: which library runs.</summary>
    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    private static void Require(int result)
    {
        if (result != raw.SQLITE_OK) throw new InvalidOperationException("SQLite was in use before it was set up.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return nint.Zero;
        NativeLibrary.TryLoad(name, assembly, path, out var bundled);
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) && VersionOf(system) > VersionOf(bundled)) return system;
        return bundled;
    }

    private static int VersionOf(nint library) =>
        library != nint.Zero && NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function)
            ? ((delegate* unmanaged<int>)function)()
            : 0;
}
