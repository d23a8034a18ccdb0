using Campaigns.Timeline;

namespace Campaigns.Db.Timeline;

/// <summary>What the public sees of a campaign's timeline, hand-overs aside.</summary>
/// <param name="Entries">Published and withdrawn entries, in the order of their ids.</param>
/// <param name="Milestones">The milestones, oldest first.</param>
public sealed record PublicEntries(IReadOnlyList<TimelineEntry> Entries, IReadOnlyList<ReachedMilestone> Milestones);
