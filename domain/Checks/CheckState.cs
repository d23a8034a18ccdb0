namespace Campaigns.Checks;

/// <summary>What a check found. A later one is worse, except that a skipped check says nothing.</summary>
public enum CheckState
{
    Skipped,
    Pass,
    Warn,
    Fail,
}
