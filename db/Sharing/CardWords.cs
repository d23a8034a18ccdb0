namespace Campaigns.Db.Sharing;

/// <summary>What stands on the picture of a campaign, in one language.</summary>
/// <param name="Organisation">Null for none.</param>
/// <param name="Title">The title of the petition.</param>
/// <param name="Count">The sentence about the count.</param>
/// <param name="Part">The part of the goal that is reached, from 0 to 1.</param>
public sealed record CardWords(string? Organisation, string Title, string Count, double Part);
