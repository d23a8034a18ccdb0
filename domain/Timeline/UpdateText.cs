namespace Campaigns.Timeline;

/// <summary>The words of an update in one language.</summary>
/// <param name="Locale">The language.</param>
/// <param name="Title">One line.</param>
/// <param name="Text">Markdown without HTML.</param>
public sealed record UpdateText(string Locale, string Title, string Text);
