namespace Campaigns.Db.Sharing;

/// <summary>How often a share code was used.</summary>
/// <param name="Visits">Pages and frames that were shown.</param>
/// <param name="Forms">Forms that were accepted, whether or not they were confirmed.</param>
public readonly record struct ShareFigures(long Visits, long Forms)
{
    public static ShareFigures operator +(ShareFigures one, ShareFigures other) =>
        new(one.Visits + other.Visits, one.Forms + other.Forms);
}
