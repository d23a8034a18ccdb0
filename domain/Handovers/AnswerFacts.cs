namespace Campaigns.Handovers;

/// <summary>What the states and the clock need to know of an answer.</summary>
/// <param name="Number">Its place in the order of recording, from 1.</param>
/// <param name="On">The day of the answer.</param>
/// <param name="Kind">One of <see cref="AnswerKind"/>.</param>
public sealed record AnswerFacts(int Number, DateOnly On, string Kind);
