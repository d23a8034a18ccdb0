using Campaigns.Letters;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>A message that came to the bounce address.</summary>
/// <param name="Tags">The tags that its addresses have, genuine or not.</param>
/// <param name="Status">The status of a letter that failed; null if the message says none.</param>
public sealed record ReceivedReport(IReadOnlyList<string> Tags, string? Status)
{
    public static ReceivedReport Nothing { get; } = new([], null);

    /// <summary>What it says of the letter with this tag.</summary>
    public IReadOnlyList<BounceReport> Of(string tag) =>
        Status is null ? [] : [BounceReport.FromStatus(Status, tag, address: null)];
}
