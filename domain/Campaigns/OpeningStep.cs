namespace Campaigns;

/// <summary>Something to do before a campaign opens.</summary>
/// <param name="Code">One of <see cref="OpeningChecklist.All"/>.</param>
/// <param name="IsDone">True if it is done.</param>
/// <param name="IsRequired">True if the campaign does not open without it.</param>
public sealed record OpeningStep(string Code, bool IsDone, bool IsRequired = false);
