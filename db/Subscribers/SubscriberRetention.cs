using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Subscribers;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Subscribers;

/// <summary>Ends subscriptions past their term, and forgets what is left of ended ones.</summary>
public sealed class SubscriberRetention(Database database, IOptions<SubscriberOptions> options, TimeProvider time)
{
    /// <summary>The rows of one step; small, because signers wait for the single writer.</summary>
    public const int Rows = 100;

    // As with a signature, the link is valid from when its letter leaves.
    private const string Unconfirmed = $"""
        SELECT campaign_id, id FROM subscribers
        WHERE state = '{SubscriberState.Pending}' AND expires_at <= @Now AND NOT EXISTS (
            SELECT 1 FROM letters l
            WHERE l.campaign_id = subscribers.campaign_id AND l.subscriber_id = subscribers.id
              AND l.state = '{LetterState.Queued}')
        ORDER BY expires_at LIMIT @Rows
        """;

    private const string PastTerm = $"""
        SELECT campaign_id, id FROM subscribers
        WHERE state = '{SubscriberState.Active}' AND term_from <= @TermBegins ORDER BY term_from LIMIT @Rows
        """;

    private const string OfArchived = $"""
        SELECT s.campaign_id, s.id FROM campaigns c JOIN subscribers s ON s.campaign_id = c.id
        WHERE c.archived_at <= @ArchivedBy AND s.state <> '{SubscriberState.Ended}' LIMIT @Rows
        """;

    private const string Forgettable = $"""
        SELECT campaign_id, id FROM subscribers
        WHERE state = '{SubscriberState.Ended}' AND ended_at <= @TermBegins ORDER BY ended_at LIMIT @Rows
        """;

    private const string DeletePending = $"""
        DELETE FROM subscribers WHERE campaign_id = @CampaignId AND id = @Id AND state = '{SubscriberState.Pending}'
          AND expires_at <= @now AND ended_at IS NULL
        """;

    // A stranger may have asked for an address that left: that it left is remembered all the same.
    private const string EndAgain = $"""
        UPDATE subscribers SET {EndedSubscriptions.Clear}
        WHERE campaign_id = @CampaignId AND id = @Id AND state = '{SubscriberState.Pending}'
          AND expires_at <= @now AND ended_at IS NOT NULL
        """;

    private const string DeleteEnded = $"""
        DELETE FROM subscribers WHERE campaign_id = @CampaignId AND id = @Id AND state = '{SubscriberState.Ended}'
          AND ended_at <= @termBegins
        """;

    private const string StillPastTerm = """
        SELECT count(*) FROM subscribers
        WHERE campaign_id = @CampaignId AND id = @Id AND term_from <= @termBegins
        """;

    /// <summary>Does everything that is due. Repeatable, and stops between two steps.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await StepsAsync(Unconfirmed, Erase, cancellationToken);
        await StepsAsync(PastTerm, EndTerm, cancellationToken);
        await StepsAsync(
            OfArchived,
            (write, row, _) =>
                EndedSubscriptions.Apply(write, row.CampaignId, row.Id, write.Now, SubscriberEnd.Archived),
            cancellationToken
        );
        await StepsAsync(
            Forgettable,
            (write, row, limits) => write.Connection.Execute(DeleteEnded, limits.With(row)) > 0,
            cancellationToken
        );
    }

    private static bool Erase(WriteTransaction write, DueRow row, Limits limits)
    {
        var ended = limits.With(row);
        if (write.Connection.Execute(DeletePending, ended) + write.Connection.Execute(EndAgain, ended) == 0)
            return false;
        write.Connection.Execute(EndedSubscriptions.DeleteLetters, row);
        return true;
    }

    // An update may have been sent since the row was found.
    private static bool EndTerm(WriteTransaction write, DueRow row, Limits limits) =>
        write.Connection.QuerySingle<long>(StillPastTerm, limits.With(row)) > 0
        && EndedSubscriptions.Apply(write, row.CampaignId, row.Id, write.Now, SubscriberEnd.Term);

    private async Task StepsAsync(
        string find,
        Func<WriteTransaction, DueRow, Limits, bool> end,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var limits = Limits.At(time.UtcNow(), options.Value);
            List<DueRow> due;
            using (var connection = database.Read())
                due = connection
                    .Query<DueRow>(
                        find,
                        new
                        {
                            limits.Now,
                            limits.TermBegins,
                            limits.ArchivedBy,
                            Rows,
                        }
                    )
                    .ToList();
            // None of them is due any more: another worker was first.
            if (
                due.Count == 0
                || await database.Writes.RunAsync(write => due.Count(row => end(write, row, limits)), cancellationToken)
                    == 0
            )
                return;
        }
    }

    private sealed record Limits(DateTimeOffset Now, DateTimeOffset TermBegins, DateTimeOffset ArchivedBy)
    {
        public static Limits At(DateTimeOffset now, SubscriberOptions options) =>
            new(now, SubscriberRules.TermBegins(now, options.KeepMonths), now - options.KeepAfterArchiving);

        public object With(DueRow row) =>
            new
            {
                row.CampaignId,
                row.Id,
                now = Now,
                termBegins = TermBegins,
            };
    }

    private sealed class DueRow
    {
        public required long CampaignId { get; init; }
        public required long Id { get; init; }
    }
}
