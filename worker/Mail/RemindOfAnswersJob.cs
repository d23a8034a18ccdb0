using Campaigns.Db.Handovers;

namespace Campaigns.Worker.Mail;

/// <summary>Reminds staff by letter that an answer is due or overdue.</summary>
public sealed class RemindOfAnswersJob(AnswerReminderStore reminders) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => reminders.RemindAsync(cancellationToken);
}
