using System.Data.Common;
using Dapper;

namespace Campaigns.Bench.References;

/// <summary>The people who signed before a scenario measures the later steps.</summary>
internal static class Signers
{
    private const string SelectPending = """
        SELECT id, confirm_generation FROM signatures
        WHERE campaign_id = @campaignId AND state = 'pending'
        ORDER BY id LIMIT @count
        """;

    /// <summary>
    /// The first <paramref name="count"/> pending signatures and the generation of their link.
    /// </summary>
    public static IReadOnlyList<(long Id, long Generation)> Pending(
        DbConnection connection,
        long campaignId,
        int count
    ) => connection.Query<(long Id, long Generation)>(SelectPending, new { campaignId, count }).AsList();
}
