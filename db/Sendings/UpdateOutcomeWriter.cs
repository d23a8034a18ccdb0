using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Letters;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>
/// Stores the outcomes of letters with updates, in the journal too, and pauses a sending whose
/// first letters are refused.
/// </summary>
internal static class UpdateOutcomeWriter
{
    private const string Mark = $$"""
        UPDATE update_letters
        SET {{LetterClaims.Outcome}} {batch}
        WHERE id = @id AND attempt = @attempt AND state = '{{LetterState.Queued}}'
        RETURNING id
        """;

    private const string CountRefused = $"""
        SELECT count(*) FROM (
            SELECT state FROM update_letters WHERE update_id = @updateId AND state <> '{LetterState.Queued}'
            ORDER BY subscriber_id LIMIT @first) AS first
        WHERE state = '{LetterState.Failed}'
        """;

    /// <summary>
    /// Stores the outcomes of current attempts; ignores the outcomes of earlier attempts.
    /// </summary>
    public static void Write(
        WriteTransaction write,
        IReadOnlyList<LetterOutcome<DueUpdateLetter>> outcomes,
        BlindIndex index
    )
    {
        var marked = write
            .ReadEach(Mark, outcomes, (statement, outcome) => Bind(write, statement, outcome), row => row.Long(0))
            .ToHashSet();
        foreach (var (letter, result) in outcomes.Where(outcome => marked.Contains(outcome.Letter.Id)))
        {
            if (LetterFate.Find(result) is { } fate)
                write.CountLetter(letter.CampaignId, fate, LetterFate.CodeOf(result));
            if (result.State is LetterState.Sent or LetterState.Unknown)
                write.Journal(new JournalSentUpdate(write.Now, letter.UpdateId, letter.SubscriberId));
            if (result.State == LetterState.Sent)
                SubscriberTable.RecordUpdate(write, letter.CampaignId, letter.SubscriberId);
            if (result.Bounce != BounceKind.Other && EmailAddress.Parse(letter.Email).Address is { } address)
                SubscriberRefusals.Record(
                    write,
                    index,
                    letter.CampaignId,
                    address,
                    result.Bounce,
                    result.Failure ?? ""
                );
        }
        foreach (
            var updateId in outcomes
                .Where(outcome => outcome.Result.State == LetterState.Failed)
                .Select(outcome => outcome.Letter.UpdateId)
                .Distinct()
        )
            PauseIfRefused(write, updateId);
    }

    /// <summary>
    /// Pauses a sending if too many of its first letters were refused or came back.
    /// </summary>
    public static void PauseIfRefused(WriteTransaction write, long updateId)
    {
        var row = SendingTable.Find(write, updateId);
        if (row is not { State: SendingState.Sending, RefusalsAccepted: false })
            return;
        var refused = write.Connection.QuerySingle<long>(
            CountRefused,
            new { updateId, first = SendingRules.WatchedLetters }
        );
        if (SendingRules.HasTooManyRefusals(refused, row.Total))
            SendingTable.Set(write, updateId, SendingState.Paused, PauseReason.Bounces);
    }

    private static void Bind(WriteTransaction write, Statement statement, LetterOutcome<DueUpdateLetter> outcome) =>
        statement
            .Set("@id", outcome.Letter.Id)
            .Set("@attempt", outcome.Letter.Attempt)
            .SetOutcome(outcome.Result, write.Now);
}
