using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Letters;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The outbox of letters to members, which workers claim with a lease as they do the letters of
/// campaigns. Address and link are encrypted, and cleared once a letter is final.
/// </summary>
public sealed class MemberLetterStore(
    Database database,
    KeyRing keys,
    TimeProvider time,
    ILogger<MemberLetterStore> log
) : ILetterQueue<DueMemberLetter>
{
    internal const string Table = "staff_letters";

    private const string Insert = """
        INSERT INTO staff_letters (id, kind, locale, staff_id, handover_id, answer_due, update_id, address, token,
                                   created_at, due_at)
        VALUES (@id, @kind, @locale, @staffId, @handover, @due, @update, @address, @token, @now, @now)
        """;

    private const string CountUpTo =
        $"SELECT count(*) FROM (SELECT 1 FROM staff_letters WHERE {LetterClaims.Due} LIMIT @limit) AS due";

    private const string Claim = $$"""
        UPDATE staff_letters SET lease_until = @until, lease_owner = @owner, attempt = attempt + 1
        WHERE id IN (
            SELECT id FROM staff_letters WHERE {{LetterClaims.Due}}
            ORDER BY due_at LIMIT @limit {for_update_skip_locked})
        RETURNING id
        """;

    private const string Mark = $$"""
        UPDATE staff_letters
        SET {{LetterClaims.Outcome}},
            address = CASE WHEN @state = '{{LetterState.Queued}}' THEN address END,
            token = CASE WHEN @state = '{{LetterState.Queued}}' THEN token END
        WHERE id = @id AND attempt = @attempt AND state = '{{LetterState.Queued}}'
        """;

    private const string SelectRecent = """
        SELECT count(*) FROM staff_letters WHERE staff_id = @staffId AND kind = @kind AND created_at > @since
        """;

    private const string SelectNewest = """
        SELECT state FROM staff_letters WHERE staff_id = @staffId AND kind = @kind ORDER BY id DESC LIMIT 1
        """;

    private readonly DueMemberLetterReader _claimed = new(database, keys, time, log);

    /// <summary>
    /// What became of the newest letter that asked a member to confirm an address; null without
    /// one. One of <see cref="LetterState"/>.
    /// </summary>
    public string? FindNewest(long staffId)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<string>(SelectNewest, new { staffId, kind = MemberLetterKind.Confirm });
    }

    public int CountDue(int limit)
    {
        using var connection = database.Read();
        var now = time.UtcNow();
        var parameters = new
        {
            limit,
            now = now.ToUnixTimeMilliseconds(),
            free = database.LeaseAt(now).Free,
        };
        return (int)connection.QuerySingle<long>(CountUpTo, parameters);
    }

    public async Task<IReadOnlyList<DueMemberLetter>> ClaimAsync(
        string owner,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var ids = await database.Writes.RunAsync(
            write =>
            {
                var lease = database.LeaseAt(write.Now);
                return write
                    .Connection.Query<long>(
                        write.Sql(Claim),
                        new
                        {
                            owner,
                            limit,
                            now = write.Now.ToUnixTimeMilliseconds(),
                            free = lease.Free,
                            until = lease.Until,
                        }
                    )
                    .ToList();
            },
            cancellationToken
        );
        return ids.Count == 0 ? [] : _claimed.Read(owner, ids);
    }

    public Task<int> RenewAsync(string owner, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        LetterClaims.RenewAsync(database, Table, owner, ids, cancellationToken);

    public Task MarkAsync(
        IReadOnlyList<LetterOutcome<DueMemberLetter>> outcomes,
        CancellationToken cancellationToken
    ) =>
        database.Writes.RunAsync(
            write =>
            {
                foreach (var (letter, result) in outcomes)
                    write
                        .Prepare(Mark)
                        .Set("@id", letter.Id)
                        .Set("@attempt", letter.Attempt)
                        .SetOutcome(result, write.Now)
                        .Run();
                return true;
            },
            cancellationToken
        );

    /// <summary>Queues a letter in the transaction of what it is about.</summary>
    internal void Add(
        WriteTransaction write,
        string kind,
        string locale,
        long? staffId,
        string address,
        string? token = null
    ) => Add(write, kind, locale, staffId, address, token, handover: null);

    /// <summary>Queues a reminder that the answer to a hand-over is due.</summary>
    internal void AddReminder(WriteTransaction write, string kind, StaffAccount to, long handover, DateOnly due) =>
        Add(write, kind, to.Locale, to.StaffId, to.Address!, null, handover, Instant.Text(due));

    /// <summary>Queues an update as subscribers would get it.</summary>
    internal void AddTest(WriteTransaction write, StaffAccount to, long update, string locale) =>
        Add(write, MemberLetterKind.UpdateTest, locale, to.StaffId, to.Address!, update: update);

    private void Add(
        WriteTransaction write,
        string kind,
        string locale,
        long? staffId,
        string address,
        string? token = null,
        long? handover = null,
        string? due = null,
        long? update = null
    )
    {
        var id = write.NextId();
        using var row = keys.Encryptor.Row(Table, id);
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                kind,
                locale,
                staffId,
                handover,
                due,
                update,
                address = row.Encrypt("address", Encoding.UTF8.GetBytes(address)),
                token = token is null ? null : row.Encrypt("token", Encoding.UTF8.GetBytes(token)),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        write.Queued(PendingWork.Letters);
    }

    /// <summary>
    /// How many letters a member asked for to confirm an address, in
    /// <see cref="LetterRules.MemberWindow"/>.
    /// </summary>
    internal static long CountRecent(WriteTransaction write, long staffId, string kind = MemberLetterKind.Confirm) =>
        write.Connection.QuerySingle<long>(
            SelectRecent,
            new
            {
                staffId,
                kind,
                since = (write.Now - LetterRules.MemberWindow).ToUnixTimeMilliseconds(),
            }
        );
}
