using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Worker.Timeline;

/// <summary>
/// Records the milestones that the public counts reach; those of a sensitive campaign follow its
/// sealed counts. Reading counts in a request would tie milestones to visits.
/// </summary>
public sealed class RecordMilestonesJob(
    CampaignStore campaigns,
    LiveCounts counts,
    TimelineReader timeline,
    MilestoneStore milestones,
    TimeProvider time
) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var recorded = timeline.ListMilestones();
        foreach (var campaign in await campaigns.ListAsync())
        {
            if (!campaign.IsPublic || campaign.State == CampaignState.Archived)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            var now = await counts.OfAsync(campaign);
            var reached = MilestoneRules.FindReached(
                campaign,
                now.ByCountry,
                now.Confirmed,
                [.. recorded[campaign.Id]]
            );
            if (reached.Count == 0)
                continue;
            var today = TimeZones.Day(time.UtcNow(), campaign.TimeZone);
            await milestones.RecordAsync(campaign.Id, reached, today);
        }
    }
}
