using Campaigns.Signatures;

namespace Campaigns.Subscribers;

/// <summary>A checked request for updates.</summary>
/// <param name="Email">The address.</param>
/// <param name="Locale">The language of letters and updates.</param>
/// <param name="Country">Where the person says they live; null if they did not say.</param>
/// <param name="NoticeVersion">The version of the privacy notice that was shown.</param>
/// <param name="WordingHash">The hash of the words that were agreed to.</param>
public sealed record NewSubscription(
    EmailAddress Email,
    string Locale,
    string? Country,
    string NoticeVersion,
    string WordingHash
);
