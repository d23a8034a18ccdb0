namespace Campaigns.Letters;

/// <summary>What a genuine report says of one letter.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Code">Its status, or a word; never the text of a server.</param>
/// <param name="Tag">The tag of the letter; null where the report names only the address.</param>
/// <param name="Address">The address; null where the report names only the letter.</param>
public sealed record BounceReport(BounceKind Kind, string Code, string? Tag, string? Address)
{
    /// <summary>The code of a complaint.</summary>
    public const string ComplaintCode = "complaint";

    /// <summary>A report with this status.</summary>
    public static BounceReport FromStatus(string status, string? tag, string? address) =>
        new(BounceRules.KindOf(status), status, tag, address);

    /// <summary>A complaint of the reader.</summary>
    public static BounceReport Complaint(string? tag, string? address) =>
        new(BounceKind.Complaint, ComplaintCode, tag, address);
}
