using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>An entry that a member reaches.</summary>
/// <param name="Campaign">Its campaign.</param>
/// <param name="Entry">The entry.</param>
/// <param name="IsWritable">False if the member may only read it.</param>
internal sealed record ReachedEntry(Campaign Campaign, TimelineEntry Entry, bool IsWritable);

internal static class EntryAccess
{
    /// <summary>The entry, or null when there is none of the kind or it is out of reach.</summary>
    public static ReachedEntry? FindEntry(this HttpContext context, string kind, string slug, string id) =>
        context.FindEntry(slug, id) is { } found && found.Entry.Kind == kind ? found : null;

    /// <summary>The same for an entry of any kind.</summary>
    public static ReachedEntry? FindEntry(this HttpContext context, string slug, string id)
    {
        var services = context.RequestServices;
        if (
            context.FindCampaign(services.GetRequiredService<CampaignStore>(), slug) is not { } campaign
            || !Ids.TryParse(id, out var number)
            || services.GetRequiredService<TimelineReader>().Find(number) is not { } entry
            || entry.CampaignId != campaign.Id
        )
            return null;
        var scope = context.Member().Scope();
        return TimelineRules.IsInScope(entry.Countries, scope)
            ? new ReachedEntry(campaign, entry, TimelineRules.IsWritable(entry.State, scope))
            : null;
    }
}
