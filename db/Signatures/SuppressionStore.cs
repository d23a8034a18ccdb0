using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// The addresses that get no letters, for staff: how many, whether a given one is among them, and
/// the end of its suppression.
/// </summary>
public sealed class SuppressionStore(Database database, KeyRing keys, CampaignStore campaigns, TimeProvider time)
{
    private const string CountByReason = """
        SELECT reason, count(*) AS addresses FROM suppressions WHERE campaign_id = @campaignId AND until > @now
        GROUP BY reason ORDER BY reason
        """;

    private const string SelectOfAddress = """
        SELECT id, campaign_id, reason, created_at, until FROM suppressions
        WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now
        """;

    private const string SelectById =
        "SELECT id, campaign_id, reason, created_at, until FROM suppressions WHERE id = @id";

    private const string SelectCampaign = "SELECT campaign_id FROM suppressions WHERE id = @id";

    private const string Delete = "DELETE FROM suppressions WHERE id = @id";

    public IReadOnlyList<SuppressionCount> Count(long campaignId)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<SuppressionCount>(
                CountByReason,
                new { campaignId, now = time.UtcNow().ToUnixTimeMilliseconds() }
            ),
        ];
    }

    /// <summary>The suppressions of an address in all campaigns. The look is audited.</summary>
    public async Task<IReadOnlyList<FoundSuppression>> FindAsync(EmailAddress email, Actor actor)
    {
        var found = Find(email);
        await database.Writes.RunAsync(write =>
        {
            actor.Audit(write, "suppression.find");
            return true;
        });
        return found;
    }

    public bool Has(long id) => Find(id) is not null;

    /// <summary>A suppression, also one that has ended and is not deleted yet.</summary>
    public FoundSuppression? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<FoundSuppression>(SelectById, new { id });
    }

    /// <summary>
    /// Ends a suppression: the address may sign and gets letters again. Audited with the reason.
    /// </summary>
    public Task<Refusal?> LiftAsync(long id, string reason, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.QuerySingleOrDefault<long?>(SelectCampaign, new { id }) is not { } campaignId)
                return Refusal.NotFound;
            write.Connection.Execute(Delete, new { id });
            actor.Audit(write, "suppression.lift", campaigns.Get(campaignId).Slug, Ids.Text(id), reason);
            return null;
        });

    // The index of an address differs between campaigns, so each is looked up.
    private List<FoundSuppression> Find(EmailAddress email)
    {
        using var connection = database.Read();
        var now = time.UtcNow().ToUnixTimeMilliseconds();
        List<FoundSuppression> found = [];
        foreach (var campaign in campaigns.List())
        {
            foreach (var index in keys.BlindIndex.Candidates(campaign.Id, email.Normalised))
                found.AddRange(
                    connection.Query<FoundSuppression>(
                        SelectOfAddress,
                        new
                        {
                            campaignId = campaign.Id,
                            index,
                            now,
                        }
                    )
                );
        }
        return found;
    }
}
