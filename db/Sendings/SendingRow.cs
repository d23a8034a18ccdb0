using Campaigns.Sendings;

namespace Campaigns.Db.Sendings;

/// <summary>A row of the table <c>sendings</c>.</summary>
internal sealed class SendingRow
{
    public const string Select = """
        SELECT s.update_id, s.campaign_id, s.state, s.pause_reason, s.countries, s.locales, s.hours_from, s.hours_to,
               s.shows_title, s.not_before, s.started_at, s.last_subscriber, s.total, s.walked, s.pace_from,
               s.pace_done, s.claimed_at, s.refusals_accepted, s.restored, s.ended_at, s.done, s.failed
        FROM sendings s
        """;

    public required long UpdateId { get; init; }
    public required long CampaignId { get; init; }
    public required string State { get; init; }
    public required string? PauseReason { get; init; }
    public required IReadOnlyList<string>? Countries { get; init; }
    public required IReadOnlyList<string>? Locales { get; init; }
    public required long? HoursFrom { get; init; }
    public required long? HoursTo { get; init; }
    public required bool ShowsTitle { get; init; }
    public required DateTimeOffset NotBefore { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
    public required long? LastSubscriber { get; init; }
    public required long Total { get; init; }
    public required long Walked { get; init; }
    public required DateTimeOffset? PaceFrom { get; init; }
    public required long PaceDone { get; init; }
    public required DateTimeOffset? ClaimedAt { get; init; }
    public required bool RefusalsAccepted { get; init; }
    public required long Restored { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
    public required long? Done { get; init; }
    public required long? Failed { get; init; }

    public Audience Audience => new(Countries, Locales);

    /// <summary>True if subscribers of the audience have not had their turn.</summary>
    public bool IsWalking => Walked < LastSubscriber;

    private SendingHours? Hours =>
        HoursFrom is { } from ? new SendingHours(Minute(from), Minute(HoursTo!.Value)) : null;

    /// <summary>True if its letters may leave at this time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="zone">The time zone of the campaign.</param>
    public bool IsOpenAt(DateTimeOffset now, string zone) =>
        State == SendingState.Sending && Hours?.AllowsAt(now, zone) is not false;

    /// <param name="letters">The letters of the update that have an outcome.</param>
    /// <param name="now">The time, for the pace.</param>
    public Sending ToSending(DoneLetters letters, DateTimeOffset now)
    {
        var progress = new SendingProgress(Total, Done ?? letters.Done, Failed ?? letters.Failed);
        var isMoving = State == SendingState.Sending && now - ClaimedAt < SendingRules.UnbrokenFor;
        return new Sending
        {
            UpdateId = UpdateId,
            CampaignId = CampaignId,
            State = State,
            PauseReason = PauseReason,
            Order = new SendingOrder
            {
                Audience = Audience,
                At = NotBefore,
                Hours = Hours,
                ShowsTitle = ShowsTitle,
            },
            NotBefore = NotBefore,
            StartedAt = StartedAt,
            EndedAt = EndedAt,
            Progress = progress,
            PerMinute =
                isMoving && PaceFrom is { } from ? SendingRules.PerMinute(progress.Done - PaceDone, now - from) : null,
            Restored = Restored,
        };
    }

    public static long? Minutes(TimeOnly? time) => time is { } at ? (at.Hour * 60) + at.Minute : null;

    private static TimeOnly Minute(long minutes) => TimeOnly.MinValue.AddMinutes(minutes);
}
