using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// The condition of every step after a claim: the same attempt, and the status of the claim, which
/// staff change when they cancel.
/// </summary>
internal static class InvalidationClaim
{
    public const string IsMine = "id = @Id AND attempt = @Attempt AND status = @Status";

    private const string Renew = $"UPDATE invalidations SET lease_until = @until WHERE {IsMine}";

    /// <summary>The values of <see cref="IsMine"/>.</summary>
    public static DynamicParameters Parameters(Invalidation claimed) =>
        new(
            new
            {
                claimed.Id,
                claimed.Attempt,
                claimed.Status,
            }
        );

    /// <summary>Renews the lease; false if the claim is lost.</summary>
    public static bool TryRenew(WriteTransaction write, Database database, Invalidation claimed)
    {
        var values = Parameters(claimed);
        values.Add("until", database.LeaseAt(write.Now).Until);
        return write.Connection.Execute(Renew, values) == 1;
    }
}
