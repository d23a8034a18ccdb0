namespace Campaigns.Handovers;

/// <summary>An attempt as staff recorded it: its fields are checked.</summary>
/// <param name="On">The day on which it took place.</param>
/// <param name="Outcome">One of <see cref="AttemptOutcome"/>.</param>
/// <param name="Packets">The ids of the packets; null for all of the hand-over.</param>
/// <param name="Notes">What is not public.</param>
public sealed record AttemptDraft(
    DateOnly On,
    string Outcome,
    IReadOnlyList<long>? Packets,
    AttemptNotes Notes
);
