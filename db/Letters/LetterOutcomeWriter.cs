using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>Stores the outcomes of claimed letters and changes their signatures.</summary>
internal static class LetterOutcomeWriter
{
    // A confirmation letter sent later than this restarts the seven days of its link.
    private static readonly TimeSpan _prompt = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _bounceSuppression = TimeSpan.FromDays(90);

    private const string Mark = $$"""
        UPDATE letters
        SET state = @state, failure = @failure, tries = tries + @tried, due_at = COALESCE(@dueAt, due_at),
            sent_at = @sentAt, {{Lease.End}} {batch}
        WHERE campaign_id = @campaignId AND id = @id AND attempt = @attempt AND state = 'queued'
        RETURNING id
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

    /// <summary>
    /// Stores the outcomes of current attempts; ignores the outcomes of earlier attempts.
    /// </summary>
    public static void Write(WriteTransaction write, IReadOnlyList<LetterOutcome> outcomes)
    {
        var marked = write
            .ReadEach(Mark, outcomes, (statement, outcome) => Bind(write, statement, outcome), row => row.Long(0))
            .ToHashSet();
        foreach (var outcome in outcomes.Where(outcome => marked.Contains(outcome.Letter.Id)))
            ChangeSignature(write, outcome);
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

    private static void ChangeSignature(WriteTransaction write, LetterOutcome outcome)
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
                    until = (write.Now + _bounceSuppression).ToUnixTimeMilliseconds(),
                }
            );
        }
    }
}
