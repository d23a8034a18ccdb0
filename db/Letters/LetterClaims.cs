using Campaigns.Db.Engine;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>
/// What every outbox does with claims and outcomes of letters, whatever its table.
/// </summary>
internal static class LetterClaims
{
    /// <summary>The condition for a letter that may be claimed at <c>@now</c>.</summary>
    public const string Due = $"state = '{LetterState.Queued}' AND due_at <= @now AND {Lease.IsFree}";

    /// <summary>The columns that an outcome sets; <see cref="SetOutcome"/> binds them.</summary>
    public const string Outcome = $"""
        state = @state, failure = @failure, tries = tries + @tried, due_at = COALESCE(@dueAt, due_at),
        sent_at = @sentAt, {Lease.End}
        """;

    /// <summary>Renews the leases of claimed letters; returns how many it renewed.</summary>
    public static Task<int> RenewAsync(
        Database database,
        string table,
        string owner,
        IReadOnlyList<long> ids,
        CancellationToken cancellationToken
    ) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    $$"""
                    UPDATE {{table}} SET lease_until = @until
                    WHERE lease_owner = @owner AND state = '{{LetterState.Queued}}' AND lease_until > @now
                      AND id IN {=ids}
                    """,
                    new
                    {
                        owner,
                        ids,
                        now = write.Now,
                        until = database.LeaseAt(write.Now).Until,
                    }
                ),
            cancellationToken
        );

    /// <summary>Binds the parameters of <see cref="Outcome"/>.</summary>
    public static Statement SetOutcome(this Statement statement, LetterResult result, DateTimeOffset now) =>
        statement
            .Set("@state", result.State)
            .Set("@failure", result.Failure)
            .Set("@tried", result.Tried ? 1 : 0)
            .Set("@dueAt", result.DueAt?.ToUnixTimeMilliseconds())
            .Set("@sentAt", result.State == LetterState.Sent ? now.ToUnixTimeMilliseconds() : null);
}
