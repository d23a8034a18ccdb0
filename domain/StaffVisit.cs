namespace Campaigns;

/// <summary>
/// When a member of staff looks again after a pause, a new visit begins. The news of a visit are
/// what changed since the last look of the visit before, however often the member looks.
/// </summary>
public static class StaffVisit
{
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>Looks within it are one, so that a page which refreshes writes little.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromMinutes(1);

    public static bool Begins(DateTimeOffset lastLook, DateTimeOffset now) => now - lastLook >= Pause;

    public static bool IsRecorded(DateTimeOffset lastLook, DateTimeOffset now) => now - lastLook >= Resolution;
}
