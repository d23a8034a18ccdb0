namespace Campaigns.Worker.Letters;

/// <summary>
/// What a letter may know: the campaign's own words and links. Nothing a signer typed has a place
/// here.
/// </summary>
/// <param name="Title">The petition's title as it was signed, in
/// <paramref name="TitleLocale"/>.</param>
/// <param name="PublicUrl">What links begin with, without a slash at its end.</param>
public sealed record LetterFacts(string Organisation, string Title, string TitleLocale, string PublicUrl);
