using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Reminds staff by letter that an answer is due. The row of a reminder and its letters are one
/// transaction, so that each is sent once, also when a process is killed.
/// </summary>
public sealed class AnswerReminderStore(
    Database database,
    CampaignStore campaigns,
    HandoverReader handovers,
    StaffStore staff,
    AccountStore accounts,
    MemberLetterStore letters,
    TimeProvider time
)
{
    private const string SelectKnown = """
        SELECT count(*) FROM handover_reminders
        WHERE handover_id = @handover AND due_on = @due AND days_before = @days
        """;

    private const string Insert = """
        INSERT INTO handover_reminders (handover_id, due_on, days_before, reminded_at)
        VALUES (@handover, @due, @days, @now)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Queues the letters of what is due. Writes nothing without it. Repeatable.</summary>
    public async Task RemindAsync(CancellationToken cancellation)
    {
        foreach (var handover in handovers.ListUnanswered())
        {
            var campaign = campaigns.Get(handover.CampaignId);
            var today = time.Today(campaign);
            var clock = handover.Clock(campaign, today);
            if (AnswerReminder.Find(clock, today) is not { } days || IsKnown(handover, clock.Due!.Value, days))
                continue;
            var readers = FindReaders(campaign, handover);
            await database.Writes.RunAsync(
                write => Remind(write, handover, clock.Due.Value, days, readers),
                cancellation
            );
        }
    }

    private bool Remind(
        WriteTransaction write,
        Handover handover,
        DateOnly due,
        int days,
        IReadOnlyList<StaffAccount> readers
    )
    {
        var added = write.Connection.Execute(
            Insert,
            new
            {
                handover = handover.Id,
                due = Instant.Text(due),
                days,
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        if (added == 0)
            return false;
        var kind = days == AnswerReminder.Overdue ? MemberLetterKind.AnswerOverdue : MemberLetterKind.AnswerDue;
        foreach (var reader in readers)
            letters.AddReminder(write, kind, reader, handover.Id, due);
        return true;
    }

    private bool IsKnown(Handover handover, DateOnly due, int days)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(
                SelectKnown,
                new
                {
                    handover = handover.Id,
                    due = Instant.Text(due),
                    days,
                }
            ) > 0;
    }

    // Those who can record the answer and have a confirmed address.
    private List<StaffAccount> FindReaders(Campaign campaign, Handover handover) =>
        [
            .. staff
                .List()
                .Where(member =>
                    member.RevokedAt is null
                    && (
                        member.Role is Role.Administrator or Role.Campaigner
                        || (
                            member.Role == Role.Organiser
                            && HandoverRules.IsInScope(campaign, handover.Plan.Recipient, member.Countries)
                        )
                    )
                )
                .Select(member => accounts.Find(member.Id))
                .Where(account => account is { Address: not null, ConfirmedAt: not null })
                .Select(account => account!),
        ];
}
