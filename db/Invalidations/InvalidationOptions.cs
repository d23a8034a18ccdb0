using System.ComponentModel.DataAnnotations;
using Campaigns.Invalidations;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Section <c>Invalidations</c>: how much one member may invalidate without a second one.
/// </summary>
public sealed class InvalidationOptions
{
    /// <summary>
    /// Signatures of a campaign that one member may invalidate in bulk within 24 hours; more need a
    /// second member. 0: each bulk invalidation needs one.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int MostAlone { get; set; } = 100;

    /// <summary>The same in percent of the campaign's confirmed signatures.</summary>
    [Range(0, 100)]
    public int MostPercentAlone { get; set; } = 1;

    internal InvalidationLimits Limits => new(MostAlone, MostPercentAlone);
}
