namespace Campaigns.Api.Pages.Sharing;

/// <summary>The languages under which search engines list a page.</summary>
internal static class PageAddresses
{
    /// <summary>
    /// The languages of the site in which the campaign has a text of its own. In another its page
    /// would be the same text under other headings.
    /// </summary>
    public static IReadOnlyList<string> LocalesOf(Campaign campaign) =>
        [.. Locales.Supported.Where(locale => campaign.Texts.Any(text => Locales.Nearest(text.Locale) == locale))];
}
