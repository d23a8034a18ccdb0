namespace Campaigns.Timeline;

public static class MilestoneKind
{
    /// <summary>The goal of the campaign.</summary>
    public const string Goal = "goal";

    /// <summary>The goal of a country.</summary>
    public const string CountryGoal = "country-goal";

    /// <summary>A round number of the campaign.</summary>
    public const string Round = "round";
}
