using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Packets;

/// <summary>Section <c>Packets</c>.</summary>
public sealed class PacketsOptions
{
    /// <summary>
    /// The folder for building and storing packets; empty for <c>packets</c> in the data folder.
    /// Several machines need one shared folder.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>The most packets of one member that are queued or built at once.</summary>
    [Range(1, 1_000)]
    public int MostWaitingPerMember { get; set; } = 5;

    /// <summary>The most packets of one campaign that are queued or built at once.</summary>
    [Range(1, 1_000)]
    public int MostWaitingPerCampaign { get; set; } = 20;

    /// <summary>The most previews of one member within an hour.</summary>
    [Range(1, 10_000)]
    public int MostPreviewsPerHour { get; set; } = 30;

    /// <summary>
    /// How many days after its build the file of a packet is deleted. Its record stays.
    /// </summary>
    [Range(1, 36_500)]
    public int FilesKeepDays { get; set; } = 90;
}
