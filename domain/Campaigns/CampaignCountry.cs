namespace Campaigns;

/// <summary>
/// A country the campaign lists, with its goal and the locale its pages and letters default to.
/// </summary>
public sealed record CampaignCountry(string Country, int Goal, string? Locale);
