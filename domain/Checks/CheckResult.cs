namespace Campaigns.Checks;

/// <summary>
/// What a check found, as a sentence for the operator without personal data.
/// </summary>
public sealed record CheckResult(CheckState State, string Message)
{
    public static CheckResult Pass(string message) => new(CheckState.Pass, message);

    public static CheckResult Warn(string message) => new(CheckState.Warn, message);

    public static CheckResult Fail(string message) => new(CheckState.Fail, message);

    public static CheckResult Skipped(string why) => new(CheckState.Skipped, why);
}
