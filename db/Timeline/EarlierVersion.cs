using Campaigns.Timeline;

namespace Campaigns.Db.Timeline;

/// <summary>What a published entry said before a correction.</summary>
/// <param name="Draft">What it said.</param>
/// <param name="SavedAt">Since when it said so.</param>
public sealed record EarlierVersion(EntryDraft Draft, DateTimeOffset SavedAt);
