using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>
/// Section <c>Data</c>: the folder with the SQLite file, the mail folder, packets and the journal.
/// </summary>
public sealed class DataOptions
{
    [Required]
    public string Directory { get; set; } = "data";
}
