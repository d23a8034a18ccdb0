using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Writes;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Letters;

/// <summary>
/// The outbox from its other end: letters are claimed with a lease, sent by somebody, and marked.
/// Marking counts only for the attempt that claimed, so a worker that was believed dead changes
/// nothing.
/// </summary>
public sealed class LetterStore(
    Database database,
    SignatureEncryption encryption,
    KeyRing keys,
    TimeProvider time,
    ILogger<LetterStore> log
)
{
    /// <summary>Operators hang alarms on it; it stays (docs/operating.md).</summary>
    public static readonly EventId LetterDamaged = new(3005, nameof(LetterDamaged));

    /// <summary>How long a claim holds without being renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // Later than this after it was asked for, a confirmation letter starts the seven days of its link anew.
    private static readonly TimeSpan _prompt = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _bounceHolds = TimeSpan.FromDays(90);

    private const string Due = "state = 'queued' AND due_at <= @now AND (lease_until IS NULL OR lease_until <= @free)";

    private const string CountUpTo = $"SELECT count(*) FROM (SELECT 1 FROM letters WHERE {Due} LIMIT @most) AS due";

    private const string Claim = $$"""
        UPDATE letters SET lease_until = @until, lease_owner = @owner, attempt = attempt + 1
        WHERE (campaign_id, id) IN (SELECT campaign_id, id FROM letters WHERE {{Due}} ORDER BY due_at LIMIT @limit {for_update_skip_locked})
        RETURNING id
        """;

    private const string Renew =
        "UPDATE letters SET lease_until = @until WHERE lease_owner = @owner AND state = 'queued' AND lease_until > @now AND id IN {=ids}";

    private const string SelectClaimed = """
        SELECT l.id, l.campaign_id, l.signature_id, l.kind, l.locale, l.generation, l.created_at, l.tries, l.failure, l.attempt,
               s.state, s.contact, s.confirm_generation, s.manage_generation, s.not_me_generation, c.organisation, t.title, t.locale AS title_locale,
               (SELECT count(*) FROM suppressions u WHERE u.campaign_id = s.campaign_id AND u.blind_index = s.blind_index AND u.until > @now) AS suppressed
        FROM letters l
        LEFT JOIN signatures s ON s.campaign_id = l.campaign_id AND s.id = l.signature_id
        JOIN campaigns c ON c.id = l.campaign_id
        LEFT JOIN petition_texts t ON t.campaign_id = s.campaign_id AND t.hash = s.text_hash
        WHERE l.id IN {=ids} AND l.state = 'queued' AND l.lease_owner = @owner
        ORDER BY l.due_at, l.id
        """;

    private const string Mark = """
        UPDATE letters SET state = @state, failure = @failure, tries = tries + @tried, due_at = COALESCE(@dueAt, due_at), sent_at = @sentAt, lease_until = NULL {batch}
        WHERE campaign_id = @campaignId AND id = @id AND attempt = @attempt AND state = 'queued'
        """;

    private const string ProlongLink = """
        UPDATE signatures SET confirm_expires_at = @until {batch}
        WHERE campaign_id = @campaignId AND id = @signatureId AND state = 'pending' AND confirm_generation = @generation
        """;

    private const string Suppress = """
        INSERT INTO suppressions (campaign_id, blind_index, index_version, reason, created_at, until)
        SELECT campaign_id, blind_index, index_version, 'bounced', @now, @until FROM signatures
        WHERE campaign_id = @CampaignId AND id = @SignatureId AND blind_index IS NOT NULL
        ON CONFLICT (campaign_id, blind_index) DO UPDATE SET reason = excluded.reason, until = excluded.until
        """;

    private const string CountByState = """
        SELECT kind, state, count(*) AS letters FROM letters WHERE campaign_id = @campaignId GROUP BY kind, state ORDER BY kind, state
        """;

    private const string SelectFailures = """
        SELECT id, kind, state, failure, created_at, tries FROM letters
        WHERE campaign_id = @campaignId AND state IN ('failed', 'unknown') AND id > @after ORDER BY id LIMIT @limit
        """;

    /// <summary>
    /// How many letters a claim would find, counted up to that many; costs no write.
    /// </summary>
    public int CountDue(int most)
    {
        using var connection = database.Read();
        return (int)
            connection.QuerySingle<long>(
                CountUpTo,
                new
                {
                    most,
                    now = time.UtcNow().ToUnixTimeMilliseconds(),
                    free = database.LeaseExpiryCutoff(time.UtcNow()),
                }
            );
    }

    /// <summary>
    /// Claims up to that many letters, the longest due first, for <see cref="Lease"/>. Some may
    /// turn out not to be wanted any more (<see cref="DueLetter.Obsolete"/>).
    /// </summary>
    public async Task<IReadOnlyList<DueLetter>> ClaimAsync(string owner, int limit, CancellationToken cancellationToken)
    {
        var ids = await database.Writes.RunAsync(
            write =>
                write
                    .Connection.Query<long>(
                        write.Sql(Claim),
                        new
                        {
                            owner,
                            limit,
                            now = write.Now.ToUnixTimeMilliseconds(),
                            free = database.LeaseExpiryCutoff(write.Now),
                            until = (write.Now + Lease).ToUnixTimeMilliseconds(),
                        }
                    )
                    .ToList(),
            cancellationToken
        );
        return ids.Count == 0 ? [] : Read(owner, ids);
    }

    // One damaged row must not keep everybody else's letters waiting: it stays claimed, and is looked at again when the
    // lease is over.
    private IReadOnlyList<DueLetter> Read(string owner, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        try
        {
            return
            [
                .. connection
                    .Query<DueLetterRow>(
                        SelectClaimed,
                        new
                        {
                            ids,
                            owner,
                            now = time.UtcNow().ToUnixTimeMilliseconds(),
                        }
                    )
                    .Select(Open),
            ];
        }
        catch (Exception error) when (error is not DbException && ids.Count > 1)
        {
            return [.. ids.SelectMany(id => Read(owner, [id]))];
        }
        catch (Exception error) when (error is not DbException)
        {
            log.LogError(
                LetterDamaged,
                "Letter {Letter} cannot be read ({Exception}) and waits",
                ids[0],
                error.GetType().Name
            );
            return [];
        }
    }

    /// <summary>
    /// Holds on to claimed letters while the work lives, and returns how many of them are held. A
    /// lease that ran out stays lost.
    /// </summary>
    public Task<int> RenewAsync(string owner, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        ids.Count == 0
            ? Task.FromResult(0)
            : database.Writes.RunAsync(
                write =>
                    write.Connection.Execute(
                        Renew,
                        new
                        {
                            owner,
                            ids,
                            now = write.Now.ToUnixTimeMilliseconds(),
                            until = (write.Now + Lease).ToUnixTimeMilliseconds(),
                        }
                    ),
                cancellationToken
            );

    /// <summary>
    /// Notes what became of claimed letters, all in one write. An outcome of an attempt that is no
    /// longer the latest is dropped.
    /// </summary>
    public Task MarkAsync(IReadOnlyList<LetterOutcome> outcomes, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                var marked = write.ChangeEach(
                    Mark,
                    outcomes,
                    (statement, outcome) => Bind(write, statement, outcome),
                    outcome => outcome.Letter.Id
                );
                foreach (var outcome in outcomes.Where(outcome => marked.Contains(outcome.Letter.Id)))
                    Follow(write, outcome);
                return true;
            },
            cancellationToken
        );

    /// <summary>Letters of a campaign by kind and state.</summary>
    public IReadOnlyList<LetterCount> Count(long campaignId)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<CountRow>(CountByState, new { campaignId })
                .Select(row => new LetterCount(row.Kind, row.State, row.Letters)),
        ];
    }

    /// <summary>
    /// Letters that were given up, oldest first, without a word about whose they are.
    /// </summary>
    public IReadOnlyList<FailedLetter> ListFailures(long campaignId, long after, int limit)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<FailureRow>(
                    SelectFailures,
                    new
                    {
                        campaignId,
                        after,
                        limit,
                    }
                )
                .Select(row => new FailedLetter(
                    row.Id,
                    row.Kind,
                    row.State,
                    row.Failure,
                    Instant.FromMilliseconds(row.CreatedAt),
                    (int)row.Tries
                )),
        ];
    }

    private static void Bind(WriteTransaction write, Statement statement, LetterOutcome outcome) =>
        statement
            .Set("@campaignId", outcome.Letter.CampaignId)
            .Set("@id", outcome.Letter.Id)
            .Set("@attempt", outcome.Letter.Attempt)
            .Set("@state", outcome.State)
            .Set("@failure", outcome.Failure)
            .Set("@tried", outcome.Tried ? 1 : 0)
            .Set("@dueAt", outcome.DueAt?.ToUnixTimeMilliseconds())
            .Set("@sentAt", outcome.State == LetterState.Sent ? write.Now.ToUnixTimeMilliseconds() : null);

    private static void Follow(WriteTransaction write, LetterOutcome outcome)
    {
        var letter = outcome.Letter;
        if (
            outcome.State == LetterState.Sent
            && letter.Kind == LetterKind.Confirm
            && write.Now - letter.CreatedAt > _prompt
        )
        {
            write
                .Prepare(ProlongLink)
                .Set("@campaignId", letter.CampaignId)
                .Set("@signatureId", letter.SignatureId)
                .Set("@generation", letter.Generation)
                .Set("@until", (write.Now + SigningStore.LinkLifetime).ToUnixTimeMilliseconds())
                .Defer();
        }
        if (outcome.NoSuchMailbox)
        {
            write.Connection.Execute(
                Suppress,
                new
                {
                    letter.CampaignId,
                    letter.SignatureId,
                    now = write.Now.ToUnixTimeMilliseconds(),
                    until = (write.Now + _bounceHolds).ToUnixTimeMilliseconds(),
                }
            );
        }
    }

    private DueLetter Open(DueLetterRow row)
    {
        var obsolete = row.Obsolete;
        var email = obsolete is null ? DecryptEmail(row) : null;
        return new DueLetter
        {
            Id = row.Id,
            CampaignId = row.CampaignId,
            SignatureId = row.SignatureId,
            Kind = row.Kind,
            Locale = row.Locale,
            Generation = row.Generation,
            CreatedAt = Instant.FromMilliseconds(row.CreatedAt),
            Tries = (int)row.Tries,
            Failure = row.Failure,
            Attempt = row.Attempt,
            Obsolete = obsolete,
            Email = email,
            Organisation = row.Organisation,
            Title = row.Title ?? "",
            TitleLocale = row.TitleLocale ?? row.Locale,
            ConfirmToken = Token(LinkPurpose.Confirm, row.ConfirmGeneration),
            ManageToken = Token(LinkPurpose.Manage, row.ManageGeneration),
            NotMeToken = Token(LinkPurpose.NotMe, row.NotMeGeneration),
        };

        string Token(LinkPurpose purpose, long generation) =>
            keys.Tokens.Write(purpose, row.CampaignId, row.SignatureId, (int)generation);
    }

    private string? DecryptEmail(DueLetterRow row)
    {
        try
        {
            return encryption.DecryptContact(row.SignatureId, row.Contact!).Email;
        }
        catch (CryptographicException)
        {
            log.LogError(LetterDamaged, "The address of letter {Letter} does not open under any key of ours", row.Id);
            return null;
        }
    }

    private sealed class FailureRow
    {
        public required long Id { get; init; }
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required string? Failure { get; init; }
        public required long CreatedAt { get; init; }
        public required long Tries { get; init; }
    }

    private sealed class CountRow
    {
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required long Letters { get; init; }
    }
}
