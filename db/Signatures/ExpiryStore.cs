using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Expires unconfirmed signatures, and deletes suppressions, counts of letters and network keys
/// past their term.
/// </summary>
public sealed class ExpiryStore(Database database, TimeProvider time)
{
    // A signature does not expire while its letter is queued, because the link is valid from when the letter leaves.
    private static readonly string _isExpirable = $"""
        {SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Expire))}
        AND confirm_expires_at <= @now AND NOT EXISTS (
            SELECT 1 FROM letters l
            WHERE l.campaign_id = signatures.campaign_id AND l.signature_id = signatures.id
              AND l.kind = 'confirm' AND l.state = 'queued')
        """;

    private static readonly string _find = $"""
        SELECT id FROM signatures WHERE campaign_id = @campaignId AND {_isExpirable}
        ORDER BY confirm_expires_at LIMIT @limit
        """;

    private static readonly string _findAgain = $$"""
        SELECT {{SignatureRow.Columns}} FROM signatures
        WHERE campaign_id = @campaignId AND id IN {=ids} AND {{_isExpirable}}
        ORDER BY id {for_update}
        """;

    /// <summary>
    /// Campaigns in any state, because signatures expire after closing too. Campaigns behind their
    /// published ledger are left out: a signature pending in the backup may have been confirmed
    /// since.
    /// </summary>
    public IReadOnlyList<long> ListCampaigns()
    {
        using var connection = database.Read();
        return [.. connection.Query<long>("SELECT id FROM campaigns WHERE ledger_behind = 0 ORDER BY id")];
    }

    /// <summary>
    /// At most <paramref name="limit"/> pending signatures whose link has expired.
    /// </summary>
    public IReadOnlyList<long> FindExpirable(long campaignId, int limit)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<long>(
                _find,
                new
                {
                    campaignId,
                    limit,
                    now = time.UtcNow().ToUnixTimeMilliseconds(),
                }
            ),
        ];
    }

    /// <summary>
    /// Expires and erases the given signatures that can still expire; returns how many. Repeatable.
    /// </summary>
    public Task<int> ExpireAsync(long campaignId, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                var rows = write
                    .Connection.Query<SignatureRow>(
                        write.Sql(_findAgain),
                        new
                        {
                            campaignId,
                            ids,
                            now = write.Now.ToUnixTimeMilliseconds(),
                        }
                    )
                    .ToList();
                foreach (var row in rows)
                {
                    var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.Expire);
                    CountedSignatures.Apply(write, row, transition);
                    Erasure.ClearPersonalData(write, row, transition.State!);
                }
                return rows.Count;
            },
            cancellationToken
        );

    /// <summary>
    /// Deletes suppressions and records of mailboxes past their end, and reports that may come
    /// again.
    /// </summary>
    public Task<int> ForgetSuppressionsAsync(CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                var now = write.Now;
                write.Connection.Execute(
                    "DELETE FROM seen_reports WHERE seen_at <= @by",
                    new { by = now - BounceRules.RememberReports }
                );
                write.Connection.Execute(
                    "DELETE FROM policy_refusals WHERE day <= @by",
                    new { by = Instant.Text(Instant.Day(now).AddDays(-LetterFate.DaysShown)) }
                );
                return write.Connection.Execute("DELETE FROM refused_mailboxes WHERE ends_at <= @now", new { now })
                    + write.Connection.Execute("DELETE FROM suppressions WHERE until <= @now", new { now });
            },
            cancellationToken
        );

    /// <summary>
    /// Deletes the counts of letters of mailboxes whose windows are over; returns how many, at most
    /// <paramref name="limit"/>.
    /// </summary>
    public Task<int> ForgetMailboxesAsync(int limit, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    """
                    DELETE FROM mailbox_letters WHERE hash IN (
                        SELECT hash FROM mailbox_letters WHERE day_from <= @day AND hour_from <= @hour
                        ORDER BY day_from LIMIT @limit)
                    """,
                    new
                    {
                        limit,
                        day = (write.Now - LetterRules.MailboxDay).ToUnixTimeMilliseconds(),
                        hour = (write.Now - LetterRules.MailboxHour).ToUnixTimeMilliseconds(),
                    }
                ),
            cancellationToken
        );

    /// <summary>
    /// Deletes the network keys of all days before today and their request counts. No key lives
    /// longer than 48 hours.
    /// </summary>
    public Task<int> DestroyNetworkKeysAsync(CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                var today = Instant.Text(Instant.Day(write.Now));
                return write.Connection.Execute("DELETE FROM network_keys WHERE day < @today", new { today })
                    + write.Connection.Execute("DELETE FROM network_requests WHERE day < @today", new { today });
            },
            cancellationToken
        );
}
