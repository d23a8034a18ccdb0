using Campaigns.Db.SignIn;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Deletes what ended members signed in with, and ended sessions, tokens, calendars and
/// invitations, after their time.
/// </summary>
public sealed class ForgetAccessJob(EndedAccessStore ended) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => ended.ForgetAsync(cancellationToken);
}
