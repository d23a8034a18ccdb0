using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Letters;

/// <summary>The outbox of letters to signers.</summary>
public sealed class LetterStore(
    Database database,
    SignatureEncryption encryption,
    SubscriberEncryption subscribers,
    KeyRing keys,
    IOptions<LimitOptions> limits,
    IOptions<SubscriberOptions> subscriptions,
    LimitTally tally,
    TimeProvider time,
    ILogger<LetterStore> log
) : ILetterQueue<DueLetter>
{
    /// <summary>Operators base alarms on this id: do not change it (docs/operating.md).</summary>
    public static readonly EventId LetterDamaged = new(3005, nameof(LetterDamaged));

    private const string CountUpTo =
        $"SELECT count(*) FROM (SELECT 1 FROM letters WHERE {LetterClaims.Due} LIMIT @limit) AS due";

    private const string Claim = $$"""
        UPDATE letters SET lease_until = @until, lease_owner = @owner, attempt = attempt + 1
        WHERE (campaign_id, id) IN (
            SELECT campaign_id, id FROM letters WHERE {{LetterClaims.Due}}
            ORDER BY due_at LIMIT @limit {for_update_skip_locked})
        RETURNING id, campaign_id, attempt, tries, domain_hash, turn_at
        """;

    private const string CountByState = """
        SELECT kind, state, count(*) AS letters FROM letters WHERE campaign_id = @campaignId
        GROUP BY kind, state ORDER BY kind, state
        """;

    private const string SelectHourly = """
        SELECT kind, state, value AS letters FROM hourly_letters WHERE campaign_id = @campaignId ORDER BY kind, state
        """;

    private const string SelectFailures = $"""
        SELECT id, kind, state, failure, created_at, tries FROM letters
        WHERE campaign_id = @campaignId AND state IN ('{LetterState.Failed}', '{LetterState.Unknown}') AND id > @after
        ORDER BY id LIMIT @limit
        """;

    private const string SelectDays = """
        SELECT day, fate, code, CAST(SUM(value) AS bigint) AS letters FROM letter_days
        WHERE campaign_id = @campaignId AND day > @before GROUP BY day, fate, code ORDER BY day DESC, fate, code
        """;

    private const string SelectHourlyDays = """
        SELECT day, fate, code, value AS letters FROM hourly_letter_days
        WHERE campaign_id = @campaignId AND day > @before ORDER BY day DESC, fate, code
        """;

    private readonly DueLetterReader _claimed = new(database, encryption, subscribers, keys, time, log);

    public int CountDue(int limit)
    {
        using var connection = database.Read();
        return (int)
            connection.QuerySingle<long>(
                CountUpTo,
                new
                {
                    limit,
                    now = time.UtcNow().ToUnixTimeMilliseconds(),
                    free = database.LeaseAt(time.UtcNow()).Free,
                }
            );
    }

    /// <summary>
    /// Claims up to <paramref name="limit"/> letters, the longest due first, for
    /// one lease. Some may be obsolete (<see cref="DueLetter.Obsolete"/>). Those past the bound of
    /// their mail domain are put off, so that fewer may be returned than are due.
    /// </summary>
    public async Task<IReadOnlyList<DueLetter>> ClaimAsync(string owner, int limit, CancellationToken cancellationToken)
    {
        var ids = await database.Writes.RunAsync(
            write =>
            {
                var lease = database.LeaseAt(write.Now);
                var claimed = write
                    .Connection.Query<ClaimedId>(
                        write.Sql(Claim),
                        new
                        {
                            owner,
                            limit,
                            now = write.Now,
                            free = lease.Free,
                            until = lease.Until,
                        }
                    )
                    .ToList();
                if (!limits.Value.Enabled)
                    return [.. claimed.Select(letter => letter.Id)];
                var admitted = MailDomainAdmission.Admit(
                    write,
                    claimed,
                    keys.BlindIndex,
                    limits.Value.LettersPerMailDomainPerHour
                );
                tally.Record(nameof(LimitOptions.LettersPerMailDomainPerHour), claimed.Count - admitted.Count);
                return admitted;
            },
            cancellationToken
        );
        return ids.Count == 0 ? [] : _claimed.Read(owner, ids);
    }

    public Task<int> RenewAsync(string owner, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        LetterClaims.RenewAsync(database, "letters", owner, ids, cancellationToken);

    public Task MarkAsync(IReadOnlyList<LetterOutcome<DueLetter>> outcomes, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                LetterOutcomeWriter.Write(write, outcomes, keys.BlindIndex, subscriptions.Value.UnconfirmedFor);
                return true;
            },
            cancellationToken
        );

    /// <summary>
    /// Letters of a campaign by kind and state: now, or as of the last full hour, which are known
    /// for sensitive campaigns.
    /// </summary>
    public IReadOnlyList<LetterCount> Count(long campaignId, bool hourly = false)
    {
        using var connection = database.Read();
        return [.. connection.Query<LetterCount>(hourly ? SelectHourly : CountByState, new { campaignId })];
    }

    /// <summary>
    /// What became of the letters of a campaign, by day, newest first: now, or as of the last full
    /// hour.
    /// </summary>
    public IReadOnlyList<LetterDay> ListDays(long campaignId, bool hourly = false)
    {
        var before = Instant.Text(Instant.Day(time.UtcNow()).AddDays(-LetterFate.DaysShown));
        using var connection = database.Read();
        return [.. connection.Query<LetterDay>(hourly ? SelectHourlyDays : SelectDays, new { campaignId, before })];
    }

    /// <summary>
    /// Letters that failed or whose outcome is unknown, oldest first, without personal data.
    /// </summary>
    public IReadOnlyList<FailedLetter> ListFailures(long campaignId, long after, int limit)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<FailedLetter>(
                SelectFailures,
                new
                {
                    campaignId,
                    after,
                    limit,
                }
            ),
        ];
    }
}
