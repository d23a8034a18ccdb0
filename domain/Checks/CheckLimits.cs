namespace Campaigns.Checks;

/// <summary>From where on a measured value is a warning, and from where on a failure.</summary>
public static class CheckLimits
{
    private const long Megabyte = 1_000_000;

    /// <summary>A letter that waits longer than a pause after an outage is late.</summary>
    private static readonly TimeSpan _lateLetter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _stuckLetter = TimeSpan.FromHours(2);
    private static readonly TimeSpan _wrongClock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _backupEvery = TimeSpan.FromDays(1);
    private static readonly TimeSpan _drillEvery = TimeSpan.FromDays(90);
    private static readonly TimeSpan _recountEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan _certificateEnds = TimeSpan.FromDays(14);

    // Fewer letters say nothing about a share.
    private const long FewLetters = 20;

    public static CheckState FreeSpace(long bytes) =>
        bytes switch
        {
            < 200 * Megabyte => CheckState.Fail,
            < 1_000 * Megabyte => CheckState.Warn,
            _ => CheckState.Pass,
        };

    public static CheckState WriteAheadLog(long bytes) =>
        bytes switch
        {
            > 8_000 * Megabyte => CheckState.Fail,
            > 1_000 * Megabyte => CheckState.Warn,
            _ => CheckState.Pass,
        };

    public static CheckState OldestLetter(TimeSpan age) => Grade(age, _lateLetter, _stuckLetter);

    /// <param name="difference">Between two clocks, in either direction.</param>
    public static CheckState Clock(TimeSpan difference) =>
        Grade(difference.Duration(), _wrongClock, JumpResistantClock.Tolerance);

    /// <param name="age">Of the newest backup.</param>
    /// <param name="every">How often a backup is due; null: a day.</param>
    public static CheckState Backup(TimeSpan age, TimeSpan? every) =>
        Grade(age, (every ?? _backupEvery) * 2, (every ?? _backupEvery) * 7);

    public static CheckState Drill(TimeSpan age) => age > _drillEvery ? CheckState.Warn : CheckState.Pass;

    public static CheckState Recount(TimeSpan age) => Grade(age, _recountEvery * 3, _recountEvery * 48);

    public static CheckState Certificate(TimeSpan left) =>
        left < TimeSpan.Zero ? CheckState.Fail
        : left < _certificateEnds ? CheckState.Warn
        : CheckState.Pass;

    /// <summary>Of the letters with an outcome, those that were given up.</summary>
    public static CheckState GivenUpLetters(long givenUp, long all) =>
        all < FewLetters ? CheckState.Pass
        : givenUp * 5 > all ? CheckState.Fail
        : givenUp * 20 > all ? CheckState.Warn
        : CheckState.Pass;

    /// <summary>The exit code of all results: 0 fine, 1 warnings, 2 broken.</summary>
    public static int ExitCode(IEnumerable<CheckState> states) =>
        states.DefaultIfEmpty().Max() switch
        {
            CheckState.Fail => 2,
            CheckState.Warn => 1,
            _ => 0,
        };

    private static CheckState Grade(TimeSpan value, TimeSpan warn, TimeSpan fail) =>
        value > fail ? CheckState.Fail
        : value > warn ? CheckState.Warn
        : CheckState.Pass;
}
