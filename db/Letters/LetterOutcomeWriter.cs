using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>Stores the outcomes of claimed letters and changes their signatures.</summary>
internal static class LetterOutcomeWriter
{
    private const string Mark = $$"""
        UPDATE letters
        SET {{LetterClaims.Outcome}},
            domain_hash = CASE WHEN @state = '{{LetterState.Queued}}' THEN domain_hash END {batch}
        WHERE campaign_id = @campaignId AND id = @id AND attempt = @attempt AND state = '{{LetterState.Queued}}'
        RETURNING id
        """;

    private const string CountSent = $$"""
        SELECT signatures.id, country, (
            SELECT count(*) FROM letters
            WHERE campaign_id = @campaignId AND signature_id = signatures.id
              AND kind = '{{LetterKind.Confirm}}' AND sent_at IS NOT NULL)
        FROM signatures {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private static readonly string _prolongLink = $$"""
        UPDATE signatures SET confirm_expires_at = @until {batch}
        WHERE campaign_id = @campaignId AND id = @signatureId AND confirm_generation = @generation
          AND {{SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Confirm))}}
        """;

    private const string SelectFirstBounce = $$"""
        SELECT country FROM signatures WHERE campaign_id = @CampaignId AND id = @SignatureId AND NOT EXISTS (
            SELECT 1 FROM letters l
            WHERE l.campaign_id = @CampaignId AND l.signature_id = @SignatureId AND l.id <> @LetterId
              AND l.kind = '{{LetterKind.Confirm}}' AND l.state = '{{LetterState.Failed}}')
        """;

    private const string EndRetry = """
        DELETE FROM suppressions
        WHERE campaign_id = @CampaignId AND may_retry = 1 AND retried_at IS NOT NULL AND blind_index = (
            SELECT blind_index FROM signatures WHERE campaign_id = @CampaignId AND id = @SignatureId)
        """;

    /// <summary>
    /// Stores the outcomes of current attempts; ignores the outcomes of earlier attempts.
    /// </summary>
    /// <param name="write">The transaction.</param>
    /// <param name="outcomes">The outcomes.</param>
    /// <param name="index">Finds the suppression of a subscriber's address.</param>
    /// <param name="unconfirmedFor">How long a subscription waits for its button.</param>
    public static void Write(
        WriteTransaction write,
        IReadOnlyList<LetterOutcome<DueLetter>> outcomes,
        BlindIndex index,
        TimeSpan unconfirmedFor
    )
    {
        var marked = write
            .ReadEach(Mark, outcomes, (statement, outcome) => Bind(write, statement, outcome), row => row.Long(0))
            .ToHashSet();
        foreach (var outcome in outcomes.Where(outcome => marked.Contains(outcome.Letter.Id)))
        {
            if (LetterFate.Find(outcome.Result) is { } fate)
                write.CountLetter(outcome.Letter.CampaignId, fate, LetterFate.CodeOf(outcome.Result));
            if (outcome.Letter.SubscriberId is { } subscriber)
            {
                SubscriberLetterOutcome.Write(write, outcome, subscriber, index, unconfirmedFor);
                continue;
            }
            ChangeSignature(write, outcome, index);
            RecordNewLink(write, outcome);
        }
        CountFirstLetters(write, outcomes.Where(outcome => marked.Contains(outcome.Letter.Id)));
    }

    // A signature counts once, however many letters it gets: those of this batch are its first if there are no others.
    private static void CountFirstLetters(WriteTransaction write, IEnumerable<LetterOutcome<DueLetter>> marked)
    {
        var sent = marked
            .Where(one =>
                one.Letter is { Kind: LetterKind.Confirm, WasSent: false } && one.Result.State == LetterState.Sent
            )
            .GroupBy(one => one.Letter.SignatureId!.Value, one => one.Letter)
            .Select(letters => (Letter: letters.First(), Count: letters.Count()))
            .ToList();
        var rows = write
            .ReadEach(
                CountSent,
                sent,
                (statement, one) =>
                    statement.Set("@campaignId", one.Letter.CampaignId).Set("@id", one.Letter.SignatureId),
                row => (Id: row.Long(0), Country: row.Text(1), Sent: row.Long(2))
            )
            .ToDictionary(row => row.Id);
        foreach (var (letter, count) in sent)
        {
            if (rows.TryGetValue(letter.SignatureId!.Value, out var row) && row.Sent == count)
                write.CountStep(
                    SigningStep.Letter,
                    letter.CampaignId,
                    write.Now,
                    row.Country,
                    letter.Email is { } email ? MailProvider.FromAddress(email) : MailProvider.Unknown
                );
        }
    }

    // A link that was asked for ended older ones, and must work in a restored backup that does not know it. The journal
    // gets it with the letter and not with the request, whose time would tell which addresses have signed.
    private static void RecordNewLink(WriteTransaction write, LetterOutcome<DueLetter> outcome)
    {
        var letter = outcome.Letter;
        if (
            letter.Kind != LetterKind.Confirm
            && letter.Generation > 0
            && outcome.Result.State is LetterState.Sent or LetterState.Unknown
        )
            write.Journal(JournalEntry.NewLink, letter.CampaignId, letter.SignatureId!.Value, letter.Generation);
    }

    private static void Bind(WriteTransaction write, Statement statement, LetterOutcome<DueLetter> outcome) =>
        statement
            .Set("@campaignId", outcome.Letter.CampaignId)
            .Set("@id", outcome.Letter.Id)
            .Set("@attempt", outcome.Letter.Attempt)
            .SetOutcome(outcome.Result, write.Now);

    private static void ChangeSignature(WriteTransaction write, LetterOutcome<DueLetter> outcome, BlindIndex index)
    {
        var letter = outcome.Letter;
        if (LetterRules.RestartsLink(letter.Kind, outcome.Result.State, letter.CreatedAt, write.Now))
        {
            write
                .Prepare(_prolongLink)
                .Set("@campaignId", letter.CampaignId)
                .Set("@signatureId", letter.SignatureId)
                .Set("@generation", letter.Generation)
                .Set("@until", (write.Now + LetterRules.LinkLifetime).ToUnixTimeMilliseconds())
                .Defer();
        }
        if (letter.IsRetry && outcome.Result.State is (LetterState.Sent or LetterState.Unknown))
            write.Connection.Execute(EndRetry, new { letter.CampaignId, letter.SignatureId });
        if (outcome.Result.Bounce != BounceKind.Other && EmailAddress.Parse(letter.Email).Address is { } email)
            RecordRefusal(
                write,
                index,
                new RefusedLetter(letter.CampaignId, letter.SignatureId!.Value, letter.Id, letter.Kind),
                email,
                outcome.Result.Bounce,
                outcome.Result.Failure ?? ""
            );
    }

    /// <summary>
    /// A letter to a signer was refused, while it was sent or later: suppresses its address as the
    /// rules say, and counts the signature once for its provider.
    /// </summary>
    public static void RecordRefusal(
        WriteTransaction write,
        BlindIndex index,
        RefusedLetter letter,
        EmailAddress email,
        BounceKind kind,
        string code
    )
    {
        if (kind == BounceKind.Other)
            return;
        var effect = RefusedMailboxes.Apply(write, index, email, kind, code);
        if (letter.Kind == LetterKind.Confirm && kind != BounceKind.Complaint)
            CountBounce(write, letter, email);
        if (effect.SuppressesInCampaign)
            Suppressions.AddBounced(write, letter.CampaignId, letter.SignatureId, effect.MailboxId);
    }

    private static void CountBounce(WriteTransaction write, RefusedLetter letter, EmailAddress email)
    {
        var country = write.Connection.QuerySingleOrDefault<string?>(SelectFirstBounce, letter);
        if (country is not null)
            write.CountStep(
                SigningStep.Bounce,
                letter.CampaignId,
                write.Now,
                country,
                MailProvider.FromAddress(email.Normalised)
            );
    }
}
