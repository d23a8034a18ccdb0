using Campaigns.Db.Sendings;
using Campaigns.Sendings;

namespace Campaigns.Api.Endpoints.Sendings;

/// <summary>
/// How an update goes to subscribers. State is scheduled, sending, paused, sent or cancelled; the
/// reason of a pause is staff, bounces or restored. Total is the audience at the start, done those
/// whose turn is over. Left is in minutes. Restored are the letters that left after a backup that
/// was restored.
/// </summary>
internal sealed record SendingView(
    string State,
    string? Reason,
    AudienceBody Audience,
    DateTimeOffset At,
    HoursBody? Hours,
    string Subject,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    long Done,
    long Total,
    long Failed,
    long? PerMinute,
    long? Left,
    long Restored
)
{
    public static SendingView From(Sending sending) =>
        new(
            sending.State,
            sending.PauseReason,
            new AudienceBody(sending.Order.Audience.Countries, sending.Order.Audience.Locales),
            sending.NotBefore,
            sending.Order.Hours is { } hours ? HoursBody.Of(hours) : null,
            sending.Order.ShowsTitle ? SubjectWord.Title : SubjectWord.Neutral,
            sending.StartedAt,
            sending.EndedAt,
            sending.Progress.Done,
            sending.Progress.Total,
            sending.Progress.Failed,
            sending.PerMinute,
            SendingRules.MinutesLeft(sending.Progress, sending.PerMinute),
            sending.Restored
        );
}
