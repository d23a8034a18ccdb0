using Campaigns.Timeline;
using Dapper;

namespace Campaigns.Db.Timeline;

/// <summary>Records the milestones that campaigns reach.</summary>
public sealed class MilestoneStore(Database database, PublicTimeline published)
{
    // Another worker may have recorded it.
    private const string Insert = """
        INSERT INTO milestones (campaign_id, kind, country, number, reached_on)
        VALUES (@campaignId, @Kind, @country, @Number, @on)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Records milestones that were reached. Repeatable.</summary>
    public Task RecordAsync(long campaignId, IReadOnlyList<Milestone> reached, DateOnly on) =>
        database.Writes.RunAsync(write =>
        {
            foreach (var milestone in reached)
                write.Connection.Execute(
                    Insert,
                    new
                    {
                        campaignId,
                        milestone.Kind,
                        country = milestone.Country ?? "",
                        milestone.Number,
                        on = Instant.Text(on),
                    }
                );
            write.AfterCommit(() => published.Evict(campaignId));
            return true;
        });
}
