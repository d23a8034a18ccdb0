using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Counts;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Live;

/// <summary>Reads what a member may see of a campaign that changes by itself.</summary>
internal sealed class LiveReader(
    LiveCounts counts,
    QueueStore queues,
    PacketStore packets,
    Readiness readiness,
    TimeProvider time
)
{
    private const int MostPackets = 20;

    /// <summary>
    /// The counts and the newest packets; with <paramref name="all"/> also letters and problems, as
    /// far as the member's role reaches them.
    /// </summary>
    public async Task<IReadOnlyList<LiveEvent>> ReadAsync(
        StaffMember member,
        Campaign campaign,
        bool all,
        CancellationToken cancellationToken
    )
    {
        var scope = member.Scope();
        List<LiveEvent> events =
        [
            await CountAsync(campaign, scope),
            .. packets.List(campaign.Id, scope, long.MaxValue, MostPackets).Select(LiveEvent.Of),
        ];
        if (all && member.Role is Role.Administrator or Role.Campaigner)
        {
            var stuck = queues.CountStuckLetters().Where(row => row.CampaignId == campaign.Id).Sum(row => row.Count);
            events.Add(LiveEvent.Of(new LiveLettersView(stuck)));
        }
        if (all && member.Role is Role.Administrator or Role.Auditor)
        {
            var problems = await readiness.FindProblemsAsync(cancellationToken);
            events.Add(LiveEvent.Of(new LiveProblemView([.. problems.Keys.Order(StringComparer.Ordinal)])));
        }
        return events;
    }

    // The cached counts are by listed country. An organiser's country may not be listed, so theirs are read.
    private async Task<LiveEvent> CountAsync(Campaign campaign, IReadOnlyList<string>? scope)
    {
        if (scope is null)
        {
            var now = await counts.OfAsync(campaign);
            return LiveEvent.Of(new LiveCountsView(campaign.Slug, now.AsOf, now.Confirmed));
        }
        var total = queues.Totals([(campaign, true)], scope)[0];
        return LiveEvent.Of(new LiveCountsView(campaign.Slug, time.UtcNow(), total.Confirmed));
    }
}
