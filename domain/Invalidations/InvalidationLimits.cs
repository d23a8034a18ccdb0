namespace Campaigns.Invalidations;

/// <summary>How much one member may invalidate in a day without a second one.</summary>
/// <param name="MostAlone">The most signatures.</param>
/// <param name="MostPercentAlone">The most of the campaign's confirmed ones, in percent.</param>
public sealed record InvalidationLimits(int MostAlone, int MostPercentAlone);
