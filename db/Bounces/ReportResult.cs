namespace Campaigns.Db.Bounces;

/// <summary>What became of a genuine report.</summary>
public enum ReportResult
{
    /// <summary>It changed what it had to change, perhaps nothing.</summary>
    Applied,

    /// <summary>Its token was used before.</summary>
    Repeated,

    /// <summary>Its letter is still being sent: the report must come again.</summary>
    TooEarly,
}
