namespace Campaigns.Api.Pages;

/// <summary>
/// Names the words of the pages: <c>PageTexts.resx</c> is English, <c>.nl</c> and <c>.nb</c> stand
/// beside it with the same keys. What a campaign itself says (title, demand, privacy notice) is
/// never here: it comes from the campaign with a language of its own.
/// </summary>
public sealed class PageTexts;
