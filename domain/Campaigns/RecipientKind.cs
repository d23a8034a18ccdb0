namespace Campaigns;

/// <summary>What a recipient is.</summary>
public static class RecipientKind
{
    /// <summary>
    /// The parliament of the United Kingdom, which takes signatures on paper only.
    /// </summary>
    public const string ParliamentGb = "parliament-gb";

    public static IReadOnlyList<string> All { get; } = ["head-of-state", "embassy", "ministry", ParliamentGb, "other"];
}
