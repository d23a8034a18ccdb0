namespace Campaigns.Timeline;

/// <summary>A milestone with the day on which the system saw it.</summary>
public sealed record ReachedMilestone(Milestone Milestone, DateOnly On);
