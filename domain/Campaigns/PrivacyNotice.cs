namespace Campaigns;

/// <summary>A version of the privacy notice.</summary>
/// <param name="Version">What its signers' consents name.</param>
/// <param name="Text">The text for every language without one of its own.</param>
public sealed record PrivacyNotice(string Version, string Text)
{
    /// <summary>The text by locale.</summary>
    public LocaleWords Texts { get; init; } = LocaleWords.None;

    /// <summary>
    /// The text for a reader, with its locale; <paramref name="otherwise"/> is that of
    /// <see cref="Text"/>.
    /// </summary>
    public (string Locale, string Words) In(string locale, string otherwise) => Texts.Find(locale) ?? (otherwise, Text);
}
