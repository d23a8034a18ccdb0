using Campaigns.Api.Doctor;
using Campaigns.Db.Keys;
using Campaigns.Worker.Jobs;

namespace Campaigns.Api.Endpoints.Staff;

/// <param name="AsOf">When this was read.</param>
/// <param name="Problems">What keeps the server from being ready.</param>
/// <param name="Warnings">What should be mended although the server is ready.</param>
/// <param name="Checks">What the command <c>doctor</c> checks, without what reads the whole
/// database; at most five minutes old, but what concerns readiness is of now.</param>
/// <param name="Program">The program.</param>
/// <param name="Database">The database.</param>
/// <param name="Backup">What is known of backups.</param>
/// <param name="Keys">Every version of every key.</param>
/// <param name="SeesBoard">False when another process has the job board in its memory.</param>
/// <param name="Jobs">Every job of the timetable.</param>
public sealed record SystemView(
    DateTimeOffset AsOf,
    IReadOnlyList<SystemProblemView> Problems,
    IReadOnlyList<SystemProblemView> Warnings,
    IReadOnlyList<CheckView> Checks,
    ProgramView Program,
    DatabaseView Database,
    BackupView Backup,
    IReadOnlyList<StoredKeyView> Keys,
    bool SeesBoard,
    IReadOnlyList<JobView> Jobs
)
{
    private static readonly DateTimeOffset _then = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static SystemView Example { get; } =
        new(
            _then,
            [new SystemProblemView("mail", "the mail server cannot be reached")],
            [
                new SystemProblemView(
                    "passkeys",
                    "2 passkeys were made for another host than that of PublicUrl and do not work"
                ),
            ],
            [
                new CheckView(
                    "disk-space",
                    "warn",
                    "The disk of Data:Directory has 812.4 MB left.",
                    "Free space, or move the folder to a larger disk."
                ),
            ],
            new ProgramView("0.1.0", ".NET 10.0.0"),
            new DatabaseView("sqlite", "3.53.4", 104_857_600, "0040_sign_in.sql", _then),
            new BackupView(_then.AddHours(-8), _then.AddDays(-6), true, _then.AddHours(-8), 41_943_040),
            [new StoredKeyView("root", 1, _then, StoredKeyView.Current, null, null, null)],
            true,
            [new JobView("recount", 3_600, JobView.Waiting, _then, 1.25, false, _then.AddHours(1), 0)]
        );
}

public sealed record SystemProblemView(string Name, string Sentence);

public sealed record ProgramView(string Version, string Runtime);

public sealed record DatabaseView(string Kind, string Version, long Bytes, string Migration, DateTimeOffset MigratedAt);

/// <param name="LastAt">When the last backup was made, by the command or on schedule; null: the
/// server does not know when.</param>
/// <param name="DrilledAt">When <c>restore-drill</c> last ended; null: not known.</param>
/// <param name="DrillSucceeded">Whether that backup can be restored.</param>
/// <param name="ScheduledAt">When the last scheduled and encrypted one was made.</param>
/// <param name="ScheduledBytes">Its size.</param>
public sealed record BackupView(
    DateTimeOffset? LastAt,
    DateTimeOffset? DrilledAt,
    bool? DrillSucceeded,
    DateTimeOffset? ScheduledAt,
    long? ScheduledBytes
);

/// <param name="Kind">root, index, token or signing.</param>
/// <param name="Version">Higher is newer.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="State">current, old, reencrypting or retired.</param>
/// <param name="ReencryptedAt">When the last row left it.</param>
/// <param name="VerifiesUntil">When the links of a replaced token key expire.</param>
/// <param name="RetiredAt">When it was retired.</param>
public sealed record StoredKeyView(
    string Kind,
    int Version,
    DateTimeOffset CreatedAt,
    string State,
    DateTimeOffset? ReencryptedAt,
    DateTimeOffset? VerifiesUntil,
    DateTimeOffset? RetiredAt
)
{
    public const string Current = "current";
    public const string Old = "old";
    public const string Reencrypting = "reencrypting";
    public const string Retired = "retired";

    public static StoredKeyView From(KeyVersion key, bool newest) =>
        new(
            key.Kind,
            key.Version,
            key.CreatedAt,
            key switch
            {
                { RetiredAt: not null } => Retired,
                _ when newest => Current,
                _ when key.IsReencrypting => Reencrypting,
                _ => Old,
            },
            key.ReencryptedAt,
            key.VerifiesUntil,
            key.RetiredAt
        );
}

/// <param name="Name">Such as recount.</param>
/// <param name="PauseSeconds">From a run to the next; null: waiting rows start it.</param>
/// <param name="State">running, waiting or unknown.</param>
/// <param name="StartedAt">When the last run started.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Failed">True if it failed.</param>
/// <param name="NextAt">When the next run starts.</param>
/// <param name="Failures">Failed runs in the history.</param>
public sealed record JobView(
    string Name,
    double? PauseSeconds,
    string State,
    DateTimeOffset? StartedAt,
    double? Seconds,
    bool? Failed,
    DateTimeOffset? NextAt,
    long? Failures
)
{
    public const string Running = "running";
    public const string Waiting = "waiting";
    public const string Unknown = "unknown";

    public static JobView From(JobReport job) =>
        new(
            job.Name,
            job.Pause?.TotalSeconds,
            job.IsRunning ? Running
                : job.Failures is null ? Unknown
                : Waiting,
            job.StartedAt,
            job.Duration is { } duration ? Math.Round(duration.TotalSeconds, 3) : null,
            job.Failed,
            job.NextAt,
            job.Failures
        );
}
