using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Handovers;

/// <summary>The settings <c>Evidence</c>.</summary>
public sealed class EvidenceOptions
{
    /// <summary>
    /// The folder of the files; empty for <c>evidence</c> in the data folder. Several machines need
    /// one shared folder.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>
    /// How many days after the answer the private notes and files of a hand-over are erased.
    /// </summary>
    [Range(1, 36_500)]
    public int KeepDays { get; set; } = 365;
}
