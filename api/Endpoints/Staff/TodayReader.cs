using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>
/// Reads what waits for a member and what is new since the visit before, for the screen and for the
/// JSON. Each reading is a look.
/// </summary>
internal sealed class TodayReader(
    CampaignStore campaigns,
    QueueStore queues,
    PacketStore packets,
    PacketApprovalStore approvals,
    HandoverReader handovers,
    LookStore looks,
    Readiness readiness,
    TimeProvider time
)
{
    public async Task<TodayView> ReadAsync(StaffMember member, CancellationToken cancellation)
    {
        var reached = (await campaigns.ListAsync()).Where(member.Reaches).ToDictionary(campaign => campaign.Id);
        var waiting = new List<QueueView>();
        if (member.Role is Role.Administrator or Role.Campaigner)
        {
            waiting.AddRange(Views("held", "abuse", queues.CountHeld(), member, reached));
            waiting.AddRange(Views("letters", "letters", queues.CountStuckLetters(), member, reached));
            var mine = approvals.CountWaiting(member.Id).Select(Counted);
            waiting.AddRange(Views("approvals", "packets", mine, member, reached, aboutPeople: false));
        }
        var stale = packets.CountStale(member.Scope()).Select(Counted);
        waiting.AddRange(Views("stale-packets", "packets", stale, member, reached, aboutPeople: false));
        waiting.AddRange(AnswerQueues(member, reached));
        if (
            member.Role == Role.Administrator
            && await readiness.FindProblemsAsync(cancellation) is { Count: > 0 } found
        )
            waiting.Add(new QueueView("problems", null, found.Count, null, "/staff/system"));
        var shown = reached.Values.Where(campaign => campaign.IsPublic).ToList();
        var totals = queues.Totals(
            shown.Select(campaign => (campaign, Coarse.AppliesTo(member, campaign))),
            member.Scope()
        );
        var changes = await looks.LookAsync(
            member.Id,
            [.. totals.Select(one => new LookFigures(one.CampaignId, one.Confirmed, one.Held, one.Withdrawn))]
        );
        IReadOnlyDictionary<string, string> warnings =
            member.Role == Role.Administrator ? readiness.FindWarnings() : new Dictionary<string, string>();
        return new TodayView(
            time.UtcNow(),
            [.. warnings.Select(warning => new SystemProblemView(warning.Key, warning.Value))],
            waiting,
            Since(changes, member, reached)
        );
    }

    private static WaitingCount Counted(CampaignPackets count) => new(count.CampaignId, count.Packets, count.OldestAt);

    // The age of an answer that is due is the time since the delivery.
    private IEnumerable<QueueView> AnswerQueues(StaffMember member, Dictionary<long, Campaign> reached)
    {
        var delivered =
            from handover in handovers.ListUnanswered()
            where reached.ContainsKey(handover.CampaignId)
            let campaign = reached[handover.CampaignId]
            where HandoverRules.IsInScope(campaign, handover.Plan.Recipient, member.Scope())
            let today = time.Today(campaign)
            let clock = handover.Clock(campaign, today)
            where clock.IsOverdue || clock.IsDueSoon(today)
            select (
                Queue: clock.IsOverdue ? "answers-overdue" : "answers-due",
                Campaign: campaign,
                Since: TimeZones.Midnight(clock.DayZero!.Value, campaign.TimeZone)
            );
        return from one in delivered
               group one by (one.Queue, one.Campaign.Slug) into queue
               orderby queue.Key.Queue descending, queue.Key.Slug
               select new QueueView(
                   queue.Key.Queue,
                   queue.Key.Slug,
                   queue.Count(),
                   queue.Min(one => one.Since),
                   $"/staff/c/{queue.Key.Slug}/handovers"
               );
    }

    // A figure about unconfirmed people that is too small to be shown leaves no queue, as none does.
    private static IEnumerable<QueueView> Views(
        string name,
        string screen,
        IEnumerable<WaitingCount> counts,
        StaffMember member,
        Dictionary<long, Campaign> reached,
        bool aboutPeople = true
    ) =>
        from count in counts
        where reached.ContainsKey(count.CampaignId)
        let campaign = reached[count.CampaignId]
        let coarse = aboutPeople && Coarse.AppliesTo(member, campaign)
        where (coarse ? Coarse.Value(count.Count) : count.Count) > 0
        orderby campaign.Slug
        select new QueueView(
            name,
            campaign.Slug,
            count.Count,
            coarse ? null : count.OldestAt,
            $"/staff/c/{campaign.Slug}/{screen}"
        );

    private static SinceView Since(
        IReadOnlyList<LookChange> changes,
        StaffMember member,
        Dictionary<long, Campaign> reached
    ) =>
        new(
            changes.Count == 0 ? null : changes.Max(change => change.Since),
            [
                .. changes
                    .Select(change => View(change.Figures, member, reached[change.Figures.CampaignId]))
                    // A change that is too small to be shown must not show itself by a row.
                    .Where(news => news.Confirmed != 0 || (news.Held ?? 0) != 0 || (news.Withdrawn ?? 0) != 0)
                    .OrderBy(news => news.Slug, StringComparer.Ordinal),
            ]
        );

    // Who withdraws from a sensitive campaign is not known before it is sealed.
    private static NewsView View(LookFigures figures, StaffMember member, Campaign campaign)
    {
        return new NewsView(
            campaign.Slug,
            figures.Confirmed,
            Shown(figures.Held, Coarse.AppliesTo(member, campaign)),
            Shown(figures.Withdrawn, campaign.Sensitive)
        );

        static long? Shown(long change, bool coarse) => coarse && Math.Abs(change) < Coarse.Few ? null : change;
    }
}
