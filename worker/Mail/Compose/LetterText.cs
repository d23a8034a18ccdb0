namespace Campaigns.Worker.Mail.Compose;

/// <summary>The content of a letter, from which both its parts are rendered.</summary>
/// <param name="Subject">
/// Contains no word of title, organisation or demand, because locked screens show subjects.
/// </param>
public sealed record LetterText(string Locale, string Subject, IReadOnlyList<LetterBlock> Blocks);
