using Campaigns.Db.Sharing;

namespace Campaigns.Api.Pages;

/// <summary>A visit with a share code.</summary>
internal static class ShareVisit
{
    /// <summary>
    /// Counts it in memory. What a browser loads before the visitor chose it is not a visit.
    /// </summary>
    public static void Count(HttpRequest request, Campaign campaign, ShareTally shared)
    {
        if (
            HttpMethods.IsGet(request.Method)
            && !request.Headers.ContainsKey("Sec-Purpose")
            && ShareSource.Of(request) is { } source
        )
            shared.CountVisit(campaign.Id, source);
    }
}
