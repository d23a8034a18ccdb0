namespace Campaigns.Db.Journals;

/// <summary>A journal file that the database knows.</summary>
/// <param name="Installation">The machine that wrote it.</param>
/// <param name="File">Its name there.</param>
/// <param name="Sequence">The number of lines that it has at least.</param>
/// <param name="IsHere">True when a file in the data folder has these lines.</param>
public sealed record KnownJournalFile(string Installation, string File, long Sequence, bool IsHere);
