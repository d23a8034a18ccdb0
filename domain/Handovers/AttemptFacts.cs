namespace Campaigns.Handovers;

/// <summary>What the states and the clock need to know of an attempt.</summary>
/// <param name="Number">Its place in the order of recording, from 1.</param>
/// <param name="On">The day on which it took place.</param>
/// <param name="Outcome">One of <see cref="AttemptOutcome"/>.</param>
/// <param name="Packets">The ids of the packets that were carried.</param>
public sealed record AttemptFacts(int Number, DateOnly On, string Outcome, IReadOnlyList<long> Packets);
