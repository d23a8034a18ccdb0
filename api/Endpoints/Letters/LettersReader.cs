using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>
/// Reads what became of a campaign's letters, for the screen and for the JSON. Small numbers of a
/// sensitive campaign are hidden.
/// </summary>
internal sealed class LettersReader(LetterStore letters, StaffLetterStore desk, TimeProvider time)
{
    public LettersView Read(Campaign campaign, StaffMember member, ListRequest asked)
    {
        var coarse = Coarse.AppliesTo(member, campaign);
        var outbox = desk.ReadOutbox(campaign.Id, coarse);
        var failed = asked.Page(
            letters.ListFailures(campaign.Id, asked.After ?? 0, asked.Rows),
            letter => letter.Id,
            letter => new FailedLetterView(
                Ids.Text(letter.Id),
                letter.Kind,
                letter.State,
                letter.Failure,
                letter.CreatedAt,
                letter.Tries
            )
        );
        return new LettersView(
            coarse ? time.UtcNow().FullHour() : time.UtcNow(),
            new OutboxView(
                Shown(outbox.Queued),
                outbox.OldestAt,
                [.. outbox.Retries.Select(one => new RetriedLettersView(one.Code, one.Letters))],
                Shown(outbox.AcceptedInLastHour)
            ),
            [
                .. letters
                    .Count(campaign.Id, coarse)
                    .Select(count => new LetterCountView(count.Kind, count.State, Shown(count.Letters))),
            ],
            [
                .. letters
                    .ListDays(campaign.Id, coarse)
                    .GroupBy(row => row.Day)
                    .Select(day => LetterDayView.From(day.Key, day, coarse)),
            ],
            failed.Items,
            failed.Next
        );

        long? Shown(long number) => coarse ? Coarse.Value(number) : number;
    }
}
