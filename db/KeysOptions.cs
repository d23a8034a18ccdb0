using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>Section <c>Keys</c>.</summary>
public sealed class KeysOptions
{
    [Required]
    public string Directory { get; set; } = "data/keys";

    /// <summary>How long links of a replaced token key remain valid.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan OldTokensVerifyFor { get; set; } = TimeSpan.FromDays(400);
}
