namespace Campaigns;

/// <summary>
/// A country the campaign lists, with the locale its pages and letters default to. It may have a
/// goal.
/// </summary>
public sealed record CampaignCountry(string Country, int? Goal, string? Locale);
