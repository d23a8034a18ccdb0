using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Bench.References;

/// <summary>
/// Deletes the newest signatures, rows and counters, so that a database returns to its size.
/// </summary>
internal static class TrimReferences
{
    public static void MapTrimReferences(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/bench/campaigns/{slug}/trim", Trim);

    private static async Task<int> Trim(string slug, long after, CampaignStore campaigns, Database database)
    {
        var id = campaigns.Find(slug)!.Id;
        return await database.Writes.RunAsync(write =>
        {
            foreach (
                var (country, count) in write.Connection.Query<(string, long)>(
                    "SELECT country, count(*) FROM signatures WHERE campaign_id = @id AND id > @after GROUP BY country",
                    new { id, after }
                )
            )
                write.Count(id, country, SignatureState.Pending, -count);
            write.Connection.Execute(
                "DELETE FROM consents WHERE campaign_id = @id AND signature_id > @after",
                new { id, after }
            );
            write.Connection.Execute(
                "DELETE FROM letters WHERE campaign_id = @id AND signature_id > @after",
                new { id, after }
            );
            return write.Connection.Execute(
                "DELETE FROM signatures WHERE campaign_id = @id AND id > @after",
                new { id, after }
            );
        });
    }
}
