using Campaigns.Signatures;
using Campaigns.Subscribers;

namespace Campaigns.Letters;

/// <summary>
/// Which letters are sent, how often, and until when. Only a queued letter changes, and a
/// sent one that comes back, which then failed; staff may queue a failed or unknown one again.
/// </summary>
public static class LetterRules
{
    /// <summary>The status of an address that is not written correctly (RFC 3463).</summary>
    public const string BadAddress = "5.1.3";

    /// <summary>The failure of a letter whose address no key decrypts.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The reason not to send a letter whose address gets none.</summary>
    public const string Suppressed = "suppressed";

    /// <summary>The reason not to send a letter whose link works no more.</summary>
    public const string Superseded = "superseded";

    /// <summary>How long a confirmation link is valid from its letter.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromDays(7);

    /// <summary>The time over which the letters to one address are counted.</summary>
    public static readonly TimeSpan LimitWindow = TimeSpan.FromDays(7);

    /// <summary>
    /// The time in which an address gets one letter beyond the limit, for a request with other data
    /// than the stored signature. Otherwise a stranger who used the limit up would lock the owner
    /// of the address out.
    /// </summary>
    public static readonly TimeSpan ExtraWindow = TimeSpan.FromDays(1);

    /// <summary>
    /// The time over which few letters go to one mailbox, counted from the first of them.
    /// </summary>
    public static readonly TimeSpan MailboxHour = TimeSpan.FromHours(1);

    /// <summary>
    /// The time over which some letters go to one mailbox, counted from the first of them.
    /// </summary>
    public static readonly TimeSpan MailboxDay = TimeSpan.FromDays(1);

    /// <summary>
    /// How long an address gets no letter after its mailbox refused one for good.
    /// </summary>
    public static readonly TimeSpan BounceSuppression = TimeSpan.FromDays(90);

    /// <summary>
    /// How long after a first refusal for a missing mailbox a request is mailed once more.
    /// </summary>
    public static readonly TimeSpan RetryBounceAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// The time over which the letters are counted that a member asks for to confirm an address.
    /// </summary>
    public static readonly TimeSpan MemberWindow = TimeSpan.FromDays(1);

    /// <summary>The most of them.</summary>
    public const int MostToMember = 5;

    /// <summary>The most tests of updates to a member in the same time.</summary>
    public const int MostTests = 50;

    /// <summary>A letter that would be tried later than this after it was queued fails.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(5);

    /// <summary>How long after a first unknown outcome a letter is sent once more.</summary>
    public static readonly TimeSpan SendAgainAfterUnknown = TimeSpan.FromMinutes(15);

    private const int MostMinutesBetweenTries = 240;
    private static readonly TimeSpan _prompt = TimeSpan.FromMinutes(1);

    /// <summary>
    /// True if an address with this many recent letters may get another one.
    /// </summary>
    public static bool IsBelowLimit(long recent, int limit) => recent < limit;

    /// <summary>
    /// True if a mailbox with this many letters of all campaigns may get another one.
    /// </summary>
    /// <param name="inHour">Those since the first letter of <see cref="MailboxHour"/>.</param>
    /// <param name="hourLimit">The most of them.</param>
    /// <param name="inDay">Those since the first letter of <see cref="MailboxDay"/>.</param>
    /// <param name="dayLimit">The most of them.</param>
    public static bool MailboxTakes(long inHour, int hourLimit, long inDay, int dayLimit) =>
        inHour < hourLimit && inDay < dayLimit;

    /// <summary>
    /// True if a window that began at <paramref name="from"/> is over; both times in milliseconds.
    /// </summary>
    public static bool IsOver(long from, long now, TimeSpan window) => from <= now - (long)window.TotalMilliseconds;

    /// <summary>
    /// True if an address with this many extra letters in <see cref="ExtraWindow"/> may get one.
    /// </summary>
    public static bool HasExtra(long recent) => recent < 1;

    /// <summary>True if a letter in this state counts for the limit of its address.</summary>
    public static bool CountsForLimit(string state) => state != LetterState.Cancelled;

    /// <summary>
    /// The reason not to send a letter any more, in a word; null if it is to be sent. Decided when
    /// it is sent, because a letter may leave long after it was queued.
    /// </summary>
    /// <param name="kind">The kind of the letter.</param>
    /// <param name="state">The state of the signature; null if its row is missing.</param>
    /// <param name="hasAddress">True if the address is stored.</param>
    /// <param name="isSuppressed">True if the address gets no letters of the campaign.</param>
    /// <param name="hasNewestLink">True if the letter's link is the newest of its kind.</param>
    public static string? Obsolete(
        string kind,
        string? state,
        bool hasAddress,
        bool isSuppressed,
        bool hasNewestLink
    ) =>
        state switch
        {
            _ when !hasAddress => "gone",
            _ when isSuppressed => Suppressed,
            not SignatureState.Pending when kind == LetterKind.Confirm => "not-pending",
            not (SignatureState.Pending or SignatureState.Confirmed) => "not-standing",
            _ when !hasNewestLink => Superseded,
            _ => null,
        };

    /// <summary>The same for a letter that asks whether a person wants updates.</summary>
    /// <param name="state">The state of the subscriber; null if its row is missing.</param>
    /// <param name="isSuppressed">True if the address gets no letters of the campaign.</param>
    /// <param name="hasNewestLink">True if the letter's link is the newest of its kind.</param>
    public static string? ObsoleteSubscription(string? state, bool isSuppressed, bool hasNewestLink) =>
        state switch
        {
            null or SubscriberState.Ended => "gone",
            _ when isSuppressed => Suppressed,
            _ when !hasNewestLink => Superseded,
            _ => null,
        };

    /// <summary>The same for a letter with an update.</summary>
    /// <param name="state">The state of the subscriber; null if its row is missing.</param>
    /// <param name="isPublished">False once the update was withdrawn.</param>
    /// <param name="isSuppressed">True if the address gets no letters of the campaign.</param>
    public static string? ObsoleteUpdate(string? state, bool isPublished, bool isSuppressed) =>
        state switch
        {
            not SubscriberState.Active => "not-subscribed",
            _ when !isPublished => "withdrawn",
            _ when isSuppressed => Suppressed,
            _ => null,
        };

    /// <summary>
    /// True if the lifetime of the link starts again, because its letter left late.
    /// </summary>
    public static bool RestartsLink(string kind, string state, DateTimeOffset createdAt, DateTimeOffset now) =>
        kind is LetterKind.Confirm or LetterKind.Subscription && state == LetterState.Sent && now - createdAt > _prompt;

    /// <summary>True if staff may send a letter in this state again: it was given up.</summary>
    public static bool CanResend(string state) => state is LetterState.Failed or LetterState.Unknown;

    /// <summary>What becomes of an obsolete letter.</summary>
    public static LetterResult Cancel(string why) => new(LetterState.Cancelled, why) { Tried = false };

    /// <summary>What becomes of a letter after a try to send it.</summary>
    /// <param name="result">The result of the try.</param>
    /// <param name="status">The status or word of the result.</param>
    /// <param name="letter">The letter before the try.</param>
    /// <param name="now">The current time.</param>
    /// <param name="jitter">
    /// A factor near 1 for the delay, which spreads the retries of letters that failed together.
    /// </param>
    public static LetterResult AfterDelivery(
        DeliveryResult result,
        string status,
        LetterHistory letter,
        DateTimeOffset now,
        double jitter
    ) =>
        result switch
        {
            DeliveryResult.Sent => new(LetterState.Sent),
            DeliveryResult.Permanent => new(LetterState.Failed, status),
            DeliveryResult.NotTried => new(LetterState.Queued, letter.Failure) { Tried = false },
            // Sent once more with the same Message-ID: a second copy does no harm, but a missing confirmation link
            // loses a signature.
            DeliveryResult.Unknown when letter.Failure != LetterState.Unknown => new(
                LetterState.Queued,
                LetterState.Unknown
            )
            {
                DueAt = now + SendAgainAfterUnknown,
            },
            DeliveryResult.Unknown => new(LetterState.Unknown, status),
            DeliveryResult.Temporary => Later(status, letter, now + (DelayAfter(letter.Tries) * jitter)),
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        };

    /// <summary>
    /// The delay before a letter that was not accepted is tried again: one minute, two, four and so
    /// on up to four hours.
    /// </summary>
    public static TimeSpan DelayAfter(int tries) =>
        TimeSpan.FromMinutes(Math.Min(Math.Pow(2, tries), MostMinutesBetweenTries));

    // A retry may succeed, because an operator may repair a damaged row and a server may accept the letter later.
    private static LetterResult Later(string status, LetterHistory letter, DateTimeOffset dueAt) =>
        dueAt - letter.CreatedAt > GiveUpAfter
            ? new(LetterState.Failed, status)
            : new(LetterState.Queued, letter.Failure == LetterState.Unknown ? LetterState.Unknown : status)
            {
                DueAt = dueAt,
            };
}
