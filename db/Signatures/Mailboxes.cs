using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Counts the letters to a mailbox over all campaigns and its signatures within one, whatever tags
/// its addresses have. A mailbox has a row from its second letter.
/// </summary>
public sealed class Mailboxes(IOptions<LimitOptions> options, LimitTally tally)
{
    // The windows begin with a letter and not with the clock's hour, whose end would allow two bursts.
    private static readonly string _count = $"""
        INSERT INTO mailbox_letters (hash, hour_from, in_hour, day_from, in_day)
        VALUES (@mailbox, @hourFrom, @inHour, @dayFrom, @inDay)
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
    private static readonly string _selectOthers = $$"""
        SELECT @request,
            CASE WHEN EXISTS (SELECT 1 FROM mailbox_letters WHERE hash = @mailbox) THEN 1 ELSE 0 END,
            (SELECT count(*) FROM signatures o
             WHERE o.campaign_id = @campaignId AND o.folded_index = @folded AND {{_isActive}})
            + (SELECT count(*) FROM signatures o
               WHERE o.campaign_id = @campaignId AND o.blind_index = @untagged AND {{_isActive}})
        FROM (SELECT 1) AS one {batch}
        """;

    private const string SelectLetters = """
        SELECT @request, in_hour, in_day FROM mailbox_letters {batch} WHERE hash = @mailbox
        """;

    private const string Subtract = """
        UPDATE mailbox_letters SET in_hour = in_hour - @requests, in_day = in_day - @requests {batch}
        WHERE hash = @mailbox
        """;

    private readonly LimitOptions _limits = options.Value;
    private readonly FirstLetters _first = new();

    /// <summary>
    /// Counts a letter for each request. The state of each says whether its letter may be sent.
    /// <see cref="Return"/> takes back what is not.
    /// </summary>
    internal IReadOnlyList<MailboxState> Count(WriteTransaction write, IReadOnlyList<MailboxKey> requests)
    {
        if (!_limits.Enabled)
            return [.. requests.Select(_ => new MailboxState(TakesLetters: true, 0))];
        var others = ReadOthers(write, requests);
        var before = CountLetters(write, requests, others);
        return
        [
            .. requests.Select(request =>
            {
                var (inHour, inDay) = before[request.Number];
                before[request.Number] = (inHour + 1, inDay + 1);
                var takes = LetterRules.MailboxTakes(
                    inHour,
                    _limits.LettersPerMailboxPerHour,
                    inDay,
                    _limits.LettersPerMailboxPerDay
                );
                if (!takes)
                    tally.Record(
                        inHour >= _limits.LettersPerMailboxPerHour
                            ? nameof(LimitOptions.LettersPerMailboxPerHour)
                            : nameof(LimitOptions.LettersPerMailboxPerDay)
                    );
                return new MailboxState(takes, others[request.Request].Signatures);
            }),
        ];
    }

    /// <summary>
    /// The active signatures of the mailbox of each request now, by request.
    /// </summary>
    internal Dictionary<long, long> CountSignatures(WriteTransaction write, IReadOnlyList<MailboxKey> requests) =>
        _limits.Enabled ? ReadOthers(write, requests).ToDictionary(row => row.Key, row => row.Value.Signatures) : [];

    /// <summary>Takes back the letters of requests that got none.</summary>
    internal void Return(WriteTransaction write, IReadOnlyList<MailboxKey> requests)
    {
        if (!_limits.Enabled)
            return;
        foreach (var (mailbox, count) in InOrder(requests))
        {
            // A mailbox that has a row is not remembered any more.
            if (_first.Find(write, mailbox) is not null)
                _first.Remove(write, mailbox);
            else
                write.Prepare(Subtract).Set("@mailbox", mailbox.Hash).Set("@requests", count).Defer();
        }
    }

    // The letters of each mailbox before these requests, by its number. Of a mailbox with a row, the others are those
    // behind its lock.
    private Dictionary<UInt128, (long InHour, long InDay)> CountLetters(
        WriteTransaction write,
        IReadOnlyList<MailboxKey> requests,
        Dictionary<long, (bool HasRow, long Signatures)> others
    )
    {
        var before = new Dictionary<UInt128, (long InHour, long InDay)>(requests.Count);
        var stored = new List<(MailboxKey Mailbox, int Requests)>();
        foreach (var (mailbox, count) in InOrder(requests))
        {
            before[mailbox.Number] = (0, 0);
            var first = _first.Find(write, mailbox);
            if (count == 1 && first is null && !others[mailbox.Request].HasRow)
            {
                _first.Add(write, mailbox);
                continue;
            }
            Store(write, mailbox, count, first);
            _first.Remove(write, mailbox);
            stored.Add((mailbox, count));
        }
        if (stored.Count == 0)
            return before;
        var requestsOf = stored.ToDictionary(one => one.Mailbox.Request);
        foreach (var (request, inHour, inDay) in ReadLetters(write, stored.ConvertAll(one => one.Mailbox)))
        {
            var (mailbox, count) = requestsOf[request];
            before[mailbox.Number] = (inHour - count, inDay - count);
        }
        // Once more behind the lock, because another process may have signed with the mailbox before it.
        var numbers = stored.Select(one => one.Mailbox.Number).ToHashSet();
        foreach (var (request, other) in ReadOthers(write, [.. requests.Where(one => numbers.Contains(one.Number))]))
            others[request] = other;
        return before;
    }

    // Before the signatures are inserted: the locked row makes another process wait that signs with the same mailbox.
    private static void Store(WriteTransaction write, MailboxKey mailbox, int requests, long? first)
    {
        var now = write.Now.ToUnixTimeMilliseconds();
        var isInHour = first is { } at && !LetterRules.IsOver(at, now, LetterRules.MailboxHour);
        write
            .Prepare(_count)
            .Set("@mailbox", mailbox.Hash)
            .Set("@hourFrom", isInHour ? first : now)
            .Set("@inHour", requests + (isInHour ? 1 : 0))
            .Set("@dayFrom", first ?? now)
            .Set("@inDay", requests + (first is null ? 0 : 1))
            .Defer();
    }

    private static IReadOnlyList<(long Request, long InHour, long InDay)> ReadLetters(
        WriteTransaction write,
        IReadOnlyList<MailboxKey> mailboxes
    ) =>
        write.ReadEach(
            SelectLetters,
            mailboxes,
            static (statement, mailbox) => statement.Set("@request", mailbox.Request).Set("@mailbox", mailbox.Hash),
            row => (row.Long(0), row.Long(1), row.Long(2))
        );

    private static Dictionary<long, (bool HasRow, long Signatures)> ReadOthers(
        WriteTransaction write,
        IReadOnlyList<MailboxKey> requests
    )
    {
        var others = new Dictionary<long, (bool HasRow, long Signatures)>(requests.Count);
        var lookups = new List<(MailboxKey Key, FoldedIndex Folded)>(requests.Count);
        foreach (var request in requests)
            foreach (var folded in request.Folded)
                lookups.Add((request, folded));
        var rows = write.ReadEach(
            _selectOthers,
            lookups,
            static (statement, item) =>
                statement
                    .Set("@request", item.Key.Request)
                    .Set("@campaignId", item.Key.CampaignId)
                    .Set("@mailbox", item.Key.Hash)
                    .Set("@folded", item.Folded.Index)
                    .Set("@untagged", item.Folded.Untagged),
            row => (Request: row.Long(0), HasRow: row.Long(1) != 0, Signatures: row.Long(2))
        );
        // One row for each active index key.
        foreach (var (request, hasRow, signatures) in rows)
            others[request] = (hasRow, others.GetValueOrDefault(request).Signatures + signatures);
        return others;
    }

    // Each mailbox with its number of requests; sorted, so that concurrent transactions lock rows in the same order.
    private static IEnumerable<(MailboxKey Mailbox, int Requests)> InOrder(IReadOnlyList<MailboxKey> requests)
    {
        MailboxKey[] sorted = [.. requests];
        Array.Sort(sorted, static (one, other) => one.Number.CompareTo(other.Number));
        for (var (from, to) = (0, 0); from < sorted.Length; from = to)
        {
            while (to < sorted.Length && sorted[to].Number == sorted[from].Number)
                to++;
            yield return (sorted[from], to - from);
        }
    }

    private static string IsOver(string window, TimeSpan term) =>
        $"mailbox_letters.{window}_from <= excluded.{window}_from - {(long)term.TotalMilliseconds}";
}
