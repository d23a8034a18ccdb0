namespace Campaigns.Checks;

/// <summary>
/// What a check found. A later value is worse; a skipped check says nothing.
/// </summary>
public enum CheckState
{
    Skipped,
    Pass,
    Warn,
    Fail,
}
