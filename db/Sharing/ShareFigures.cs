namespace Campaigns.Db.Sharing;

/// <summary>How often a share code was used.</summary>
/// <param name="Visits">Pages and frames that were shown.</param>
/// <param name="Signed">Forms that were accepted, whether or not they were confirmed.</param>
public readonly record struct ShareFigures(long Visits, long Signed)
{
    public static ShareFigures operator +(ShareFigures one, ShareFigures other) =>
        new(one.Visits + other.Visits, one.Signed + other.Signed);
}
