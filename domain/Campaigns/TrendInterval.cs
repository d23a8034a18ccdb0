namespace Campaigns;

/// <summary>The length of a trend's points.</summary>
public enum TrendInterval
{
    Hour,

    /// <summary>From midnight to midnight (UTC).</summary>
    Day,

    /// <summary>From Monday to Sunday (UTC).</summary>
    Week,
}
