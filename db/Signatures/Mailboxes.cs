using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Counts the letters to a mailbox over all campaigns and its signatures within one, whatever tags
/// its addresses have.
/// </summary>
internal sealed class Mailboxes(LimitOptions limits, LimitTally tally)
{
    // Before the signatures are counted and inserted: the locked row makes another process wait that signs with the
    // same mailbox. The windows begin with a letter and not with the clock's hour, whose end would allow two bursts.
    private static readonly string _count = $"""
        INSERT INTO mailbox_letters (hash, hour_from, in_hour, day_from, in_day)
        VALUES (@mailbox, @now, @requests, @now, @requests)
        ON CONFLICT (hash) DO UPDATE SET
            in_hour = excluded.in_hour + CASE WHEN {IsOver("hour", LetterRules.MailboxHour)} THEN 0
                ELSE mailbox_letters.in_hour END,
            hour_from = CASE WHEN {IsOver("hour", LetterRules.MailboxHour)} THEN excluded.hour_from
                ELSE mailbox_letters.hour_from END,
            in_day = excluded.in_day + CASE WHEN {IsOver("day", LetterRules.MailboxDay)} THEN 0
                ELSE mailbox_letters.in_day END,
            day_from = CASE WHEN {IsOver("day", LetterRules.MailboxDay)} THEN excluded.day_from
                ELSE mailbox_letters.day_from END
        """;

    private static readonly string _isActive = SqlCondition.IsOneOf("o.state", SigningRules.ActiveStates);

    // An address without a tag has no folded index, so that most signatures are in one random index only.
    private static readonly string _select = $$"""
        SELECT @request, m.in_hour, m.in_day,
            (SELECT count(*) FROM signatures o
             WHERE o.campaign_id = @campaignId AND o.folded_index = @folded AND {{_isActive}})
            + (SELECT count(*) FROM signatures o
               WHERE o.campaign_id = @campaignId AND o.blind_index = @untagged AND {{_isActive}})
        FROM mailbox_letters m {batch} WHERE m.hash = @mailbox
        """;

    private const string TakeBack = """
        UPDATE mailbox_letters SET in_hour = in_hour - @requests, in_day = in_day - @requests {batch}
        WHERE hash = @mailbox
        """;

    /// <summary>
    /// Counts a letter for each request. The state of each says whether its letter may be sent.
    /// <see cref="Return"/> takes back what is not.
    /// </summary>
    public IReadOnlyList<MailboxState> Count(WriteTransaction write, IReadOnlyList<MailboxKey> requests)
    {
        if (!limits.Enabled)
            return [.. requests.Select(_ => new MailboxState(TakesLetters: true, 0))];
        AddRequests(write, write.Prepare(_count), requests, isCount: true);
        var rows = Read(write, requests);
        var before = requests
            .GroupBy(request => request.Name)
            .ToDictionary(group => group.Key, group => (Requests: -group.Count(), Row: rows[group.First().Request]));
        return
        [
            .. requests.Select(request =>
            {
                var (missing, row) = before[request.Name];
                before[request.Name] = (missing + 1, row);
                var takes = LetterRules.MailboxTakes(
                    row.InHour + missing,
                    limits.LettersPerMailboxPerHour,
                    row.InDay + missing,
                    limits.LettersPerMailboxPerDay
                );
                if (!takes)
                    tally.Record(
                        row.InHour + missing >= limits.LettersPerMailboxPerHour
                            ? nameof(LimitOptions.LettersPerMailboxPerHour)
                            : nameof(LimitOptions.LettersPerMailboxPerDay)
                    );
                return new MailboxState(takes, rows[request.Request].Signatures);
            }),
        ];
    }

    /// <summary>
    /// The active signatures of the mailbox of each request now, by request.
    /// </summary>
    public Dictionary<long, long> CountSignatures(
        WriteTransaction write,
        IReadOnlyList<MailboxKey> requests
    ) =>
        limits.Enabled ? Read(write, requests).ToDictionary(row => row.Key, row => row.Value.Signatures) : [];

    /// <summary>Takes back the letters of requests that got none.</summary>
    public void Return(WriteTransaction write, IReadOnlyList<MailboxKey> requests)
    {
        if (limits.Enabled && requests.Count > 0)
            AddRequests(write, write.Prepare(TakeBack), requests, isCount: false);
    }

    private static Dictionary<long, (long InHour, long InDay, long Signatures)> Read(
        WriteTransaction write,
        IReadOnlyList<MailboxKey> requests
    ) =>
        write
            .ReadEach(
                _select,
                [.. requests.SelectMany(request => request.Folded.Select(folded => (Key: request, Folded: folded)))],
                static (statement, item) =>
                    statement
                        .Set("@request", item.Key.Request)
                        .Set("@campaignId", item.Key.CampaignId)
                        .Set("@mailbox", item.Key.Hash)
                        .Set("@folded", item.Folded.Index)
                        .Set("@untagged", item.Folded.Untagged),
                row => (Request: row.Long(0), InHour: row.Long(1), InDay: row.Long(2), Signatures: row.Long(3))
            )
            .GroupBy(row => row.Request)
            .ToDictionary(
                rows => rows.Key,
                rows => (rows.First().InHour, rows.First().InDay, rows.Sum(row => row.Signatures))
            );

    // One row for each mailbox, sorted, so that concurrent transactions lock them in the same order.
    private static void AddRequests(
        WriteTransaction write,
        Statement statement,
        IReadOnlyList<MailboxKey> requests,
        bool isCount
    )
    {
        var mailboxes = requests.GroupBy(request => request.Name).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var mailbox in mailboxes)
        {
            statement.Set("@mailbox", mailbox.First().Hash).Set("@requests", mailbox.Count());
            if (isCount)
                statement.Set("@now", write.Now.ToUnixTimeMilliseconds());
            statement.Defer();
        }
    }

    private static string IsOver(string window, TimeSpan term) =>
        $"mailbox_letters.{window}_from <= excluded.{window}_from - {(long)term.TotalMilliseconds}";
}
