using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>A hand-over that a member reaches, and its campaign.</summary>
internal sealed record ReachedHandover(Campaign Campaign, Handover Handover);

internal static class HandoverAccess
{
    /// <summary>
    /// The hand-over, or null when there is none or not all countries of its recipient are the
    /// member's.
    /// </summary>
    public static ReachedHandover? FindHandover(
        this HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        string id
    )
    {
        if (!Ids.TryParse(id, out var number) || handovers.Find(number) is not { } handover)
            return null;
        var (campaign, member) = (campaigns.Get(handover.CampaignId), context.Member());
        return member.Reaches(campaign) && HandoverRules.IsInScope(campaign, handover.Plan.Recipient, member.Scope())
            ? new ReachedHandover(campaign, handover)
            : null;
    }

    /// <summary>Answers 200 with a hand-over as the member sees it today.</summary>
    public static IResult ToResult(this Handover handover, Campaign campaign, HttpContext context, TimeProvider time)
    {
        context.Response.Headers.ETag = handover.Tag().Text;
        return TypedResults.Ok(HandoverView.From(handover, campaign, time.Today(campaign), context.SeesNotes()));
    }

    /// <summary>
    /// The version of the plan. Attempts, answers and days without one change the body without it.
    /// </summary>
    public static EntityTag Tag(this Handover handover) => new(handover.Version.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// False for auditors and tokens that may only read, who see records and no people.
    /// </summary>
    public static bool SeesNotes(this HttpContext context) =>
        SignedIn.Of(context) is { ReadOnly: false, Member.Role: not Role.Auditor };
}
