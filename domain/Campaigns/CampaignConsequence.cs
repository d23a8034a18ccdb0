namespace Campaigns;

/// <summary>What a change of a campaign does to the people who signed before.</summary>
/// <param name="Code">One of <see cref="CampaignConsequences"/>.</param>
/// <param name="Subject">The recipient's name or the country's code, if it is about one.</param>
public sealed record CampaignConsequence(string Code, string? Subject = null);
