using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>
/// Gives the letters of a claim their places among those to their mail domains. The cost is that of
/// the domains of a claim, not of its letters; each letter past a bound is put off once.
/// </summary>
internal static class MailDomainAdmission
{
    // The row stays locked until the claim is committed, so that two workers give no place twice.
    private static readonly string _count = $"""
        INSERT INTO mail_domains (hash, hour_from, letters) VALUES (@hash, @now, @letters)
        ON CONFLICT (hash) DO UPDATE SET
            letters = excluded.letters + CASE WHEN {IsOver} THEN 0 ELSE mail_domains.letters END,
            hour_from = CASE WHEN {IsOver} THEN excluded.hour_from ELSE mail_domains.hour_from END
        """;

    private const string Select = "SELECT hash, hour_from, letters FROM mail_domains {batch} WHERE hash = @hash";

    private const string SetNewest =
        "UPDATE mail_domains SET hour_from = @from, letters = @letters {batch} WHERE hash = @hash";

    private const string Defer = $$"""
        UPDATE letters SET due_at = @turnAt, turn_at = @turnAt, {{Lease.End}} {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private const string SelectGenuine = "SELECT domain FROM genuine_mail_domains WHERE until > @now";

    private static string IsOver =>
        $"mail_domains.hour_from <= excluded.hour_from - {(long)MailDomainHour.Length.TotalMilliseconds}";

    /// <summary>
    /// Returns the letters that may leave now. The others wait for their turn, unclaimed.
    /// </summary>
    public static IReadOnlyList<long> Admit(
        WriteTransaction write,
        IReadOnlyList<ClaimedId> claimed,
        BlindIndex index,
        int limit
    )
    {
        var groups = claimed
            .Where(letter => letter.DomainHash is not null)
            .Where(letter => MailDomainHour.IsNeeded(letter.Attempt, letter.Tries, letter.TurnAt, write.Now))
            .GroupBy(letter => Convert.ToHexString(letter.DomainHash!))
            // Sorted, so that concurrent transactions lock the domains in the same order.
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        foreach (var group in groups)
            write
                .Prepare(_count)
                .Set("@hash", group.First().DomainHash)
                .Set("@now", write.Now.ToUnixTimeMilliseconds())
                .Set("@letters", group.Count())
                .Defer();
        var hours = write
            .ReadEach(
                Select,
                groups,
                static (statement, group) => statement.Set("@hash", group.First().DomainHash),
                row =>
                    (
                        Hash: Convert.ToHexString(row.Blob(0)),
                        Hour: new MailDomainHour(Instant.FromMilliseconds(row.Long(1)), row.Long(2))
                    )
            )
            .ToDictionary(row => row.Hash, row => row.Hour);
        var over = groups.Where(group => hours[group.Key] is var hour && IsOverLimit(hour, limit, write.Now)).ToList();
        if (over.Count == 0)
            return [.. claimed.Select(letter => letter.Id)];
        var genuine = FindGenuine(write, index);
        var waiting = over.Where(group => !genuine.Contains(group.Key))
            .SelectMany(group => PutOffSurplus(write, [.. group], hours[group.Key], limit))
            .ToHashSet();
        return [.. claimed.Select(letter => letter.Id).Where(id => !waiting.Contains(id))];
    }

    private static bool IsOverLimit(MailDomainHour hour, int limit, DateTimeOffset now) =>
        hour.Letters > limit || hour.From > now;

    // The last letters of the hour are those of this claim.
    private static List<long> PutOffSurplus(
        WriteTransaction write,
        IReadOnlyList<ClaimedId> letters,
        MailDomainHour hour,
        int limit
    )
    {
        var waiting = new List<long>();
        var number = hour.Letters - letters.Count;
        foreach (var letter in letters)
        {
            if (hour.TurnOf(number++, limit, write.Now) is not { } turn)
                continue;
            waiting.Add(letter.Id);
            write
                .Prepare(Defer)
                .Set("@campaignId", letter.CampaignId)
                .Set("@id", letter.Id)
                .Set("@turnAt", turn.ToUnixTimeMilliseconds())
                .Defer();
        }
        var newest = hour.Newest(limit);
        write
            .Prepare(SetNewest)
            .Set("@hash", letters[0].DomainHash)
            .Set("@from", newest.From.ToUnixTimeMilliseconds())
            .Set("@letters", newest.Letters)
            .Defer();
        return waiting;
    }

    private static HashSet<string> FindGenuine(WriteTransaction write, BlindIndex index) =>
        write
            .Connection.Query<string>(SelectGenuine, new { now = write.Now.ToUnixTimeMilliseconds() })
            .SelectMany(domain => index.DomainCandidates(domain))
            .Select(hash => Convert.ToHexString(hash))
            .ToHashSet();
}
