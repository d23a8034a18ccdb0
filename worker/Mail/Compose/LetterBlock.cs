namespace Campaigns.Worker.Mail.Compose;

/// <summary>A block of a letter, which each part renders in its own form.</summary>
public abstract record LetterBlock;

public sealed record Heading(string Text) : LetterBlock;

/// <summary>The heading of a part of the letter.</summary>
public sealed record Subheading(string Text) : LetterBlock;

public sealed record Paragraph(string Text) : LetterBlock;

/// <summary>
/// A quoted text of the campaign; its language may differ from the letter's.
/// </summary>
public sealed record Quotation(string Text, string Locale) : LetterBlock;

public sealed record BulletList(IReadOnlyList<string> Items) : LetterBlock;

/// <summary>
/// A text of staff in Markdown; its language may differ from the letter's.
/// </summary>
public sealed record Prose(string Text, string Locale) : LetterBlock;

/// <summary>Things that may have an address.</summary>
public sealed record LinkList(IReadOnlyList<ListedLink> Items) : LetterBlock;

/// <param name="Text">What it is.</param>
/// <param name="Link">Where it is; null for a thing on paper.</param>
public sealed record ListedLink(string Text, string? Link);

/// <summary>The main action of the letter.</summary>
public sealed record Button(string Label, string Link) : LetterBlock;

/// <summary>A secondary link, less prominent than a <see cref="Button"/>.</summary>
public sealed record FallbackLink(string Text, string Label, string Link) : LetterBlock;

/// <summary>Small print.</summary>
public sealed record Note(string Text) : LetterBlock;
