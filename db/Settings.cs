namespace Campaigns.Db;

/// <summary>Section <c>Packets</c>.</summary>
public sealed class PacketsOptions
{
    /// <summary>
    /// The folder for building and storing packets; empty for <c>packets</c> in the data folder.
    /// Several machines need one shared folder.
    /// </summary>
    public string Directory { get; set; } = "";
}
