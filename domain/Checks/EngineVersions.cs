namespace Campaigns.Checks;

/// <summary>Versions of the two databases with known faults.</summary>
public static class EngineVersions
{
    private static readonly Version _oldestSqlite = new(3, 51, 3);
    private static readonly Version _oldestPostgres = new(15, 0);

    // The releases of November 2024 broke extensions and ALTER ROLE; their successors followed within a week.
    private static readonly Version[] _withdrawnPostgres = [new(15, 9), new(16, 5), new(17, 1)];

    public static CheckResult CheckSqlite(string version) =>
        Parse(version) is not { } parsed ? CheckResult.Warn("The version of SQLite cannot be read.")
        : parsed < _oldestSqlite
            ? CheckResult.Fail($"SQLite {parsed} can lose pages when the log is reset; {_oldestSqlite} does not.")
        : CheckResult.Pass($"SQLite {parsed} has no known fault.");

    public static CheckResult CheckPostgres(string version) =>
        Parse(version) is not { } parsed ? CheckResult.Warn("The version of PostgreSQL cannot be read.")
        : parsed < _oldestPostgres ? CheckResult.Fail($"PostgreSQL {parsed} is older than {_oldestPostgres.Major}.")
        : _withdrawnPostgres.Contains(parsed)
            ? CheckResult.Warn($"PostgreSQL {parsed} was replaced within a week because of faults.")
        : CheckResult.Pass($"PostgreSQL {parsed} has no known fault.");

    // "17.6 (Debian 17.6-1)" has a number and what the packager adds.
    private static Version? Parse(string version) =>
        Version.TryParse(version.Split(' ')[0], out var parsed) ? parsed : null;
}
