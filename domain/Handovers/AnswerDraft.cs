namespace Campaigns.Handovers;

/// <summary>An answer as staff recorded it: its fields are checked.</summary>
/// <param name="On">The day of the answer.</param>
/// <param name="Kind">One of <see cref="AnswerKind"/>.</param>
/// <param name="Summary">What it says; public if the hand-over is.</param>
/// <param name="Source">Where it can be read; null if nowhere.</param>
public sealed record AnswerDraft(DateOnly On, string Kind, string Summary, string? Source);
