namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// What a letter may contain: the campaign's own texts and links. Nothing that a signer typed
/// belongs here.
/// </summary>
/// <param name="Title">The petition's title as it was signed, in
/// <paramref name="TitleLocale"/>.</param>
/// <param name="PublicUrl">The beginning of all links, without a final slash.</param>
/// <param name="Sensitive">True when the title must not be among the first words, which a phone
/// shows on its locked screen.</param>
/// <param name="Replaces">True when the links of earlier letters of this kind have ended.</param>
public sealed record LetterFacts(
    string Organisation,
    string Title,
    string TitleLocale,
    string PublicUrl,
    bool Sensitive = false,
    bool Replaces = false
);
