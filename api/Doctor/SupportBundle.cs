using System.Data.Common;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Campaigns.Api.Doctor.Data;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Campaigns.Db.Inspection;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor;

/// <summary>
/// What a stranger needs to help an operator: versions, results of the checks, masked settings, the
/// end of the log and rounded counts. It has no row, no address and no secret.
/// </summary>
internal sealed class SupportBundle(
    IConfiguration configuration,
    IOptions<DoctorOptions> options,
    InstallationRoot root,
    CanaryFilter canaries,
    WrittenFolders folders,
    IServiceProvider services,
    TimeProvider time
)
{
    private const int LogLines = 200;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Writes the ZIP.</summary>
    /// <param name="reports">The results of the checks.</param>
    /// <param name="target">Where to.</param>
    public void Write(IReadOnlyList<CheckReport> reports, Stream target)
    {
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "doctor.json", new { checks = reports.Select(CheckView.From) });
        Add(zip, "machine.json", Machine());
        Add(zip, "settings.json", Settings());
        Add(zip, "database.json", Database());
        using var log = new StreamWriter(zip.CreateEntry("log.txt").Open());
        foreach (var line in Log())
            log.WriteLine(line);
    }

    private SortedDictionary<string, string> Settings()
    {
        var defaults = KnownSettings.Defaults(root);
        return new SortedDictionary<string, string>(
            SafeSettings
                .OfOurSections(configuration, defaults)
                .ToDictionary(
                    pair => pair.Key,
                    pair => SafeSettings.Show(pair.Key, pair.Value, defaults[pair.Key]),
                    StringComparer.OrdinalIgnoreCase
                ),
            StringComparer.Ordinal
        );
    }

    private object Machine() =>
        new
        {
            at = Instant.Text(time.UtcNow()),
            program = typeof(SupportBundle)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion,
            runtime = RuntimeInformation.FrameworkDescription,
            system = RuntimeInformation.OSDescription,
            architecture = RuntimeInformation.OSArchitecture.ToString(),
            processors = Environment.ProcessorCount,
            memory = Megabytes.Text(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
            timeZone = TimeZoneInfo.Local.BaseUtcOffset.ToString("c", CultureInfo.InvariantCulture),
            fileSystem = Try(() => Directory.Exists(folders.Data) ? new DriveInfo(folders.Data).DriveFormat : null),
        };

    private object Database() =>
        Try(() =>
        {
            var engine = services.GetRequiredService<EngineInspection>();
            return (object)
                new
                {
                    kind = engine.IsEmbedded ? DatabaseOptions.Sqlite : DatabaseOptions.Postgres,
                    version = engine.Version(),
                    size = Megabytes.Text(engine.Bytes()),
                    migration = engine.Schema().Newest,
                    rows = ActivatorUtilities.CreateInstance<RowCounts>(services).Read(),
                };
        }) ?? new { unreadable = true };

    private IEnumerable<string> Log()
    {
        if (Try(() => options.Value.LogFile) is not { Length: > 0 } name)
            return ["The log is in no file: Doctor:LogFile names none. Look at the journal of the service manager."];
        var file = root.Resolve(name);
        return File.Exists(file)
            ? LogTail.Read(file, LogLines).Select(canaries.Clean)
            : ["There is no file of the name Doctor:LogFile."];
    }

    private static void Add(ZipArchive zip, string name, object content)
    {
        using var entry = zip.CreateEntry(name).Open();
        JsonSerializer.Serialize(entry, content, _json);
    }

    // A bundle is wanted most where something is broken.
    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error
                    is StartRefusedException
                        or DbException
                        or StorageException
                        or IOException
                        or UnauthorizedAccessException
                        or OptionsValidationException
                        or InvalidOperationException
            )
        {
            return default;
        }
    }
}
