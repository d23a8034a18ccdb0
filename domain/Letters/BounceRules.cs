namespace Campaigns.Letters;

/// <summary>
/// What refusals and complaints change for a mailbox: the same for refusals while a letter is sent
/// and for reports that come later.
/// </summary>
public static class BounceRules
{
    /// <summary>So many soft refusals within <see cref="SoftWindow"/> suppress a mailbox.</summary>
    public const int MostSofts = 5;

    public static readonly TimeSpan SoftWindow = TimeSpan.FromDays(14);

    /// <summary>How long a complaint stops the letters that were asked for before it.</summary>
    public static readonly TimeSpan ComplaintTerm = LetterRules.BounceSuppression;

    /// <summary>The days over which staff see refusals for policy.</summary>
    public const int PolicyDaysShown = 7;

    /// <summary>How long a report is remembered, so that none has an effect twice.</summary>
    public static readonly TimeSpan RememberReports = TimeSpan.FromDays(1);

    private static readonly Dictionary<BounceKind, BounceEffect[]> _effects = new()
    {
        // In the order of MailboxStanding: fine, missing lately, missing before, often soft, suppressed.
        [BounceKind.Other] = Always(BounceEffect.Nothing),
        [BounceKind.Missing] =
        [
            BounceEffect.Note,
            BounceEffect.Note,
            BounceEffect.Suppress,
            BounceEffect.Note,
            BounceEffect.Suppress,
        ],
        [BounceKind.Gone] = Always(BounceEffect.Suppress),
        [BounceKind.Soft] =
        [
            BounceEffect.Count,
            BounceEffect.Count,
            BounceEffect.Count,
            BounceEffect.Suppress,
            BounceEffect.Count,
        ],
        [BounceKind.Policy] = Always(BounceEffect.BlameDomain),
        [BounceKind.Complaint] = Always(BounceEffect.Unsubscribe),
    };

    /// <summary>The effect of a report on a mailbox with this standing.</summary>
    public static BounceEffect Find(BounceKind kind, MailboxStanding standing) => _effects[kind][(int)standing];

    /// <summary>The effect of a report on a mailbox, and its record afterwards.</summary>
    public static (BounceEffect Effect, MailboxRecord Record) Apply(
        BounceKind kind,
        MailboxRecord record,
        DateTimeOffset now
    )
    {
        var effect = Find(kind, Standing(kind, record, now));
        return effect switch
        {
            BounceEffect.Note => (effect, record with { MissingAt = RecentMissing(record, now) ?? now }),
            BounceEffect.Count => (effect, record with { Softs = [.. RecentSofts(record, now), now] }),
            BounceEffect.Suppress => (
                effect,
                record with
                {
                    Softs = [],
                    SuppressedUntil = now + LetterRules.BounceSuppression,
                }
            ),
            BounceEffect.Unsubscribe => (effect, record with { ComplainedAt = now }),
            _ => (effect, record),
        };
    }

    /// <summary>What counts of a record for a report of this kind.</summary>
    public static MailboxStanding Standing(BounceKind kind, MailboxRecord record, DateTimeOffset now)
    {
        if (record.SuppressedUntil > now)
            return MailboxStanding.Suppressed;
        if (kind == BounceKind.Soft)
            return RecentSofts(record, now).Count >= MostSofts - 1 ? MailboxStanding.OftenSoft : MailboxStanding.Fine;
        return RecentMissing(record, now) switch
        {
            null => MailboxStanding.Fine,
            { } at when now - at < LetterRules.RetryBounceAfter => MailboxStanding.MissingLately,
            _ => MailboxStanding.MissingBefore,
        };
    }

    /// <summary>
    /// True if a mailbox does not get a letter that was asked for at <paramref name="askedAt"/>.
    /// </summary>
    public static bool Stops(MailboxRecord record, DateTimeOffset askedAt, DateTimeOffset now) =>
        record.SuppressedUntil > now
        || (record.ComplainedAt is { } complainedAt && complainedAt + ComplaintTerm > now && askedAt <= complainedAt);

    /// <summary>When nothing of a record counts any more.</summary>
    public static DateTimeOffset EndsAt(MailboxRecord record) =>
        (
            (DateTimeOffset?[])
                [
                    record.MissingAt + LetterRules.BounceSuppression,
                    record.Softs.Count == 0 ? null : record.Softs[^1] + SoftWindow,
                    record.SuppressedUntil,
                    record.ComplainedAt + ComplaintTerm,
                ]
        ).Max() ?? DateTimeOffset.MinValue;

    /// <summary>
    /// What a status of RFC 3463 or a reply code says of the mailbox. Servers refuse for policy and
    /// for a missing mailbox with the same bare code, so that a bare 5xx says nothing.
    /// </summary>
    public static BounceKind KindOf(string status) =>
        status switch
        {
            "5.1.1" => BounceKind.Missing,
            // No such host, bad syntax, mailbox moved, domain accepts no mail (RFC 7505), mailbox disabled.
            "5.1.2" or LetterRules.BadAddress or "5.1.6" or "5.1.10" or "5.2.1" => BounceKind.Gone,
            // About the sender.
            "5.1.7" or "5.1.8" => BounceKind.Policy,
            _ when status.StartsWith("5.7.", StringComparison.Ordinal) => BounceKind.Policy,
            _ when status.StartsWith("4.7.", StringComparison.Ordinal) => BounceKind.Policy,
            // Servers name a full mailbox, an unclear fault of it and a host that does not answer for good.
            "5.1.0" or "5.2.0" or "5.2.2" => BounceKind.Soft,
            _ when status.StartsWith("5.4.", StringComparison.Ordinal) => BounceKind.Soft,
            _ when status.StartsWith("4.", StringComparison.Ordinal) => BounceKind.Soft,
            "450" or "451" or "452" => BounceKind.Soft,
            _ => BounceKind.Other,
        };

    private static BounceEffect[] Always(BounceEffect effect) =>
        [.. Enum.GetValues<MailboxStanding>().Select(_ => effect)];

    private static DateTimeOffset? RecentMissing(MailboxRecord record, DateTimeOffset now) =>
        record.MissingAt > now - LetterRules.BounceSuppression ? record.MissingAt : null;

    private static IReadOnlyList<DateTimeOffset> RecentSofts(MailboxRecord record, DateTimeOffset now) =>
        [.. record.Softs.Where(at => at > now - SoftWindow)];
}
