using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Handovers;

/// <summary>The settings <c>Evidence</c>.</summary>
public sealed class EvidenceOptions
{
    /// <summary>
    /// How many days after the answer the private notes of a hand-over are erased.
    /// </summary>
    [Range(1, 36_500)]
    public int KeepDays { get; set; } = 365;
}
