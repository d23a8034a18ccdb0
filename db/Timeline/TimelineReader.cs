using Campaigns.Db.Engine;
using Campaigns.Timeline;
using Dapper;

namespace Campaigns.Db.Timeline;

/// <summary>Reads what staff wrote into timelines.</summary>
public sealed class TimelineReader(Database database)
{
    private const string Select = """
        SELECT id, campaign_id, kind, state, version, on_day, content, countries, created_at, saved_at, published_at,
               corrected_at, withdrawn_at
        FROM timeline_entries
        """;

    private const string SelectVersions = """
        SELECT on_day, content, saved_at FROM timeline_versions WHERE entry_id = @id ORDER BY version DESC
        """;

    private const string SelectMilestones = "SELECT campaign_id, kind, country, number, reached_on FROM milestones";

    public TimelineEntry? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<EntryRow>($"{Select} WHERE id = @id", new { id })?.ToEntry();
    }

    /// <summary>All entries of a kind, newest first. A campaign has few.</summary>
    public IReadOnlyList<TimelineEntry> List(long campaignId, string kind)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<EntryRow>(
                    $"{Select} WHERE campaign_id = @campaignId AND kind = @kind ORDER BY id DESC",
                    new { campaignId, kind }
                )
                .Select(row => row.ToEntry()),
        ];
    }

    /// <summary>
    /// What the public may know of: published and withdrawn entries of every kind.
    /// </summary>
    public IReadOnlyList<TimelineEntry> ListPublic(long campaignId)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<EntryRow>(
                    $"{Select} WHERE campaign_id = @campaignId AND state <> 'draft' ORDER BY id",
                    new { campaignId }
                )
                .Select(row => row.ToEntry()),
        ];
    }

    /// <summary>What an entry said before its corrections, the newest first.</summary>
    public IReadOnlyList<EarlierVersion> ListEarlier(TimelineEntry entry)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<VersionRow>(SelectVersions, new { id = entry.Id })
                .Select(row => new EarlierVersion(EntryContent.Read(entry.Kind, row.Content, row.OnDay), row.SavedAt)),
        ];
    }

    /// <summary>The milestones of every campaign, by its id.</summary>
    public ILookup<long, Milestone> ListMilestones()
    {
        using var connection = database.Read();
        return connection
            .Query<MilestoneRow>(SelectMilestones)
            .ToLookup(row => row.CampaignId, row => row.ToMilestone().Milestone);
    }

    /// <summary>The milestones of a campaign, oldest first.</summary>
    public IReadOnlyList<ReachedMilestone> ListMilestones(long campaignId)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<MilestoneRow>(
                    $"{SelectMilestones} WHERE campaign_id = @campaignId ORDER BY reached_on, number",
                    new { campaignId }
                )
                .Select(row => row.ToMilestone()),
        ];
    }

    /// <summary>Locks and reads one inside a transaction; null if it is gone.</summary>
    internal static TimelineEntry? Find(WriteTransaction write, long id) =>
        write
            .Connection.QuerySingleOrDefault<EntryRow>(write.Sql($"{Select} WHERE id = @id {{for_update}}"), new { id })
            ?.ToEntry();
}
