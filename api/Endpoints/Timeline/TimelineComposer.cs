using System.Globalization;
using Campaigns.Db.Handovers;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>
/// Makes the public timeline of a campaign in one language from what staff wrote, what the system
/// recorded, and the public hand-overs.
/// </summary>
internal sealed class TimelineComposer(Campaign campaign, TimelineWords words)
{
    // On one day the later of these comes first.
    private static readonly string[] _order =
    [
        TimelineKind.Milestone,
        TimelineKind.Event,
        TimelineKind.Development,
        TimelineKind.Update,
        TimelineKind.Handover,
        TimelineKind.Answer,
    ];

    /// <summary>All items, newest first.</summary>
    public IReadOnlyList<TimelineItem> Compose(PublicEntries entries, IReadOnlyList<Handover> handovers) =>
        [
            .. entries
                .Entries.Select(ItemOf)
                .Concat(entries.Milestones.Select(ItemOf))
                .Concat(handovers.SelectMany(ItemsOf))
                .OrderByDescending(item => item.Key, StringComparer.Ordinal),
        ];

    /// <summary>
    /// What an entry says or said, as readers see it, in each of its languages. It need not be
    /// public.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="draft">What it says in one of its versions.</param>
    /// <param name="today">The day of an update that has none.</param>
    /// <param name="version">Tells the anchors of several versions apart.</param>
    public IReadOnlyList<TimelineItem> Preview(
        TimelineEntry entry,
        EntryDraft draft,
        DateOnly today,
        string version = ""
    )
    {
        var item = ItemOf(
            entry with
            {
                Draft = draft with { On = draft.On ?? today },
                PublishedAt = entry.PublishedAt ?? entry.SavedAt,
                CorrectedAt = null,
                WithdrawnAt = null,
            }
        );
        item = item with { Anchor = item.Anchor + version };
        return draft is UpdateDraft update
            ?
            [
                .. update.Texts.Select(text =>
                    WithText(item with { Anchor = $"{item.Anchor}-{text.Locale}" }, update, text)
                ),
            ]
            : [item];
    }

    private TimelineItem ItemOf(TimelineEntry entry)
    {
        var item = NewItem(entry.Kind, entry.Draft.On!.Value, entry.Id, entry.SavedAt);
        if (entry.WithdrawnAt is { } withdrawn)
            // What it said may be the reason for its withdrawal, so nothing of it stays.
            return item with
            {
                UpdatedAt = withdrawn,
                Title = words.Say("Withdrawn", words.Date(Day(withdrawn))),
                WithdrawnOn = Day(withdrawn),
            };
        item = item with
        {
            UpdatedAt = entry.CorrectedAt ?? entry.PublishedAt!.Value,
            CorrectedOn = entry.CorrectedAt is { } corrected ? Day(corrected) : null,
        };
        return entry.Draft switch
        {
            UpdateDraft update => WithText(item, update, update.Text(words.Locale, campaign.Texts[0].Locale)),
            DevelopmentDraft development => item with
            {
                Locale = campaign.Texts[0].Locale,
                Title = development.Title,
                Text = development.Summary,
                Institution = development.Institution,
                Sources = development.Sources,
            },
            EventDraft meeting => item with
            {
                Locale = campaign.Texts[0].Locale,
                Title = meeting.Title,
                Text = meeting.Summary,
                Place = meeting.PublicPlace(campaign),
                Country = meeting.Country,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };
    }

    private static TimelineItem WithText(TimelineItem item, UpdateDraft update, UpdateText text) =>
        item with
        {
            Locale = text.Locale,
            Title = text.Title,
            Text = text.Text,
            Html = Markdown.ToHtml(text.Text),
            Figures = update.Figures,
            Sources = update.Sources,
            Origin = update.Origin,
        };

    private TimelineItem ItemOf(ReachedMilestone reached)
    {
        var (kind, country, number) = reached.Milestone;
        var at = new DateTimeOffset(reached.On.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var name = country is null ? kind : $"{kind}-{country}";
        var item = NewItem(TimelineKind.Milestone, reached.On, number, at);
        return item with
        {
            Anchor = string.Create(CultureInfo.InvariantCulture, $"{TimelineKind.Milestone}-{name}-{number}"),
            Key = $"{item.Key}-{name}",
            Title = words.Say(
                "Milestone." + kind,
                words.Number(number),
                country is null ? "" : words.CountryName(country)
            ),
            Country = country,
        };
    }

    private IEnumerable<TimelineItem> ItemsOf(Handover handover)
    {
        var known = campaign.Recipients.FirstOrDefault(one => one.Key == handover.Plan.Recipient);
        var recipient = known?.NameIn(words.Locale) ?? handover.Plan.Recipient;
        foreach (var attempt in handover.Attempts)
            yield return NewItem(
                TimelineKind.Handover,
                attempt.Draft.On,
                attempt.Id,
                attempt.CorrectedAt ?? attempt.RecordedAt
            ) with
            {
                Title = words.Say("Outcome." + attempt.Draft.Outcome, recipient),
                CorrectedOn = attempt.CorrectedAt is { } corrected ? Day(corrected) : null,
            };
        if (handover.Answer is { } answer)
            yield return NewItem(
                TimelineKind.Answer,
                answer.Draft.On,
                handover.Id,
                answer.CorrectedAt ?? answer.RecordedAt
            ) with
            {
                Title = words.Say("Answer." + answer.Draft.Kind, recipient),
                Text = answer.Draft.Summary,
                CorrectedOn = answer.CorrectedAt is { } corrected ? Day(corrected) : null,
            };
    }

    private TimelineItem NewItem(string kind, DateOnly on, long number, DateTimeOffset at) =>
        new()
        {
            Anchor = string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}"),
            Key = string.Create(
                CultureInfo.InvariantCulture,
                $"{Instant.Text(on)}-{Array.IndexOf(_order, kind)}-{number:D20}"
            ),
            Kind = kind,
            On = on,
            UpdatedAt = at,
            Title = "",
            Locale = words.Locale,
        };

    private DateOnly Day(DateTimeOffset at) => TimeZones.Day(at, campaign.TimeZone);
}
