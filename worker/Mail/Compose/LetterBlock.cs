namespace Campaigns.Worker.Mail.Compose;

/// <summary>A block of a letter, which each part renders in its own form.</summary>
public abstract record LetterBlock;

public sealed record Heading(string Text) : LetterBlock;

public sealed record Paragraph(string Text) : LetterBlock;

/// <summary>
/// A quoted text of the campaign; its language may differ from the letter's.
/// </summary>
public sealed record Quotation(string Text, string Locale) : LetterBlock;

public sealed record BulletList(IReadOnlyList<string> Items) : LetterBlock;

/// <summary>The main action of the letter.</summary>
public sealed record Button(string Label, string Link) : LetterBlock;

/// <summary>A secondary link, less prominent than a <see cref="Button"/>.</summary>
public sealed record FallbackLink(string Text, string Label, string Link) : LetterBlock;

/// <summary>Small print.</summary>
public sealed record Note(string Text) : LetterBlock;
