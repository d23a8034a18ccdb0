using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Sharing;
using Dapper;

namespace Campaigns.Db.Sharing;

/// <summary>The share codes of campaigns, which staff make and delete. Both are audited.</summary>
public sealed class ShareCodeStore(Database database)
{
    private const string Select = """
        SELECT s.code, s.title, s.created_at, CAST(COALESCE(SUM(c.visits), 0) AS bigint) AS visits,
            CAST(COALESCE(SUM(c.signed), 0) AS bigint) AS forms
        FROM share_codes s LEFT JOIN share_counts c ON c.campaign_id = s.campaign_id AND c.code = s.code
        WHERE s.campaign_id = @campaignId
        GROUP BY s.code, s.title, s.created_at ORDER BY s.created_at, s.code
        """;

    private const string SelectOther = """
        SELECT CAST(COALESCE(SUM(visits), 0) AS bigint) AS visits, CAST(COALESCE(SUM(signed), 0) AS bigint) AS forms
        FROM share_counts WHERE campaign_id = @campaignId AND code = @code
        """;

    private const string SelectCodes = "SELECT code FROM share_codes WHERE campaign_id = @campaignId";

    private const string Insert = """
        INSERT INTO share_codes (campaign_id, code, title, created_at, created_by)
        VALUES (@campaignId, @code, @title, @now, @staff)
        """;

    private const string Delete = "DELETE FROM share_codes WHERE campaign_id = @campaignId AND code = @code";

    private const string DeleteCounts = "DELETE FROM share_counts WHERE campaign_id = @campaignId AND code = @code";

    /// <summary>The codes of a campaign, oldest first.</summary>
    public IReadOnlyList<ShareCode> List(long campaignId)
    {
        using var connection = database.Read();
        return connection.Query<ShareCode>(Select, new { campaignId }).AsList();
    }

    /// <summary>The figures of all codes that the campaign does not have.</summary>
    public ShareFigures FindOther(long campaignId)
    {
        using var connection = database.Read();
        var row = connection.QuerySingle<OtherRow>(SelectOther, new { campaignId, code = ShareCodes.Other });
        return new ShareFigures(row.Visits, row.Forms);
    }

    /// <summary>
    /// Adds a code in the caller's transaction. Refused with <c>validation</c> if the campaign has
    /// it, or has as many as it may.
    /// </summary>
    public static Outcome<ShareCode> Create(
        WriteTransaction write,
        Campaign campaign,
        string code,
        string title,
        Actor actor
    )
    {
        // The lock of the campaign keeps two members from adding the last code.
        CampaignStore.LoadToEdit(write, campaign.Slug);
        var codes = write.Connection.Query<string>(SelectCodes, new { campaignId = campaign.Id }).AsList();
        if (codes.Contains(code))
            return Refusal.Validation("code", "The campaign has this code.");
        if (codes.Count >= ShareCodes.Most)
            return Refusal.Validation("code", $"A campaign has at most {ShareCodes.Most} codes.");
        // A code that had been deleted begins again.
        write.Connection.Execute(DeleteCounts, new { campaignId = campaign.Id, code });
        write.Connection.Execute(
            Insert,
            new
            {
                campaignId = campaign.Id,
                code,
                title,
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId,
            }
        );
        actor.Audit(write, "share-code.create", campaign.Slug, code);
        return new ShareCode
        {
            Code = code,
            Title = title,
            CreatedAt = write.Now,
            Visits = 0,
            Forms = 0,
        };
    }

    /// <summary>Adds a code.</summary>
    public Task<Outcome<ShareCode>> CreateAsync(Campaign campaign, string code, string title, Actor actor) =>
        database.Writes.RunAsync(write => Create(write, campaign, code, title, actor));

    /// <summary>
    /// Deletes a code with its figures; false if the campaign does not have it. Who comes with it
    /// later counts as other.
    /// </summary>
    public Task<bool> DeleteAsync(Campaign campaign, string code, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.Execute(Delete, new { campaignId = campaign.Id, code }) == 0)
                return false;
            write.Connection.Execute(DeleteCounts, new { campaignId = campaign.Id, code });
            actor.Audit(write, "share-code.delete", campaign.Slug, code);
            return true;
        });

    private sealed class OtherRow
    {
        public required long Visits { get; init; }
        public required long Forms { get; init; }
    }
}
