namespace Campaigns.Api.Pages;

/// <summary>
/// Names the resource files of the pages: <c>PageTexts.resx</c> is English, <c>.nl</c> and
/// <c>.nb</c> have the same keys. Texts of a campaign (title, demand, privacy notice) are never
/// here, because the campaign has them with their own language.
/// </summary>
public sealed class PageTexts;
