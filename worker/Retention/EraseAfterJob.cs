using Campaigns.Db.Campaigns;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Erases what signers typed a number of days after the campaign is over, as the sign form
/// promises: the whole campaign when its term ends, and each signature at the latest at the date
/// that its signer was shown.
/// </summary>
public sealed class EraseAfterJob(RetentionStore retention, TimeProvider time) : IScheduledJob
{
    private const int Slice = 100;

    // A campaign without a closing time promises every signer another date. One search a day finds those of a day.
    private static readonly TimeSpan _ahead = TimeSpan.FromDays(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.UtcNow();
        foreach (var campaignId in retention.FindDue(now))
        {
            await EraseAsync(campaignId, after => retention.FindNext(campaignId, after, Slice), cancellationToken);
            await retention.FinishAsync(campaignId, cancellationToken);
        }
        foreach (var campaignId in retention.FindPromised(now))
        {
            await EraseAsync(
                campaignId,
                after => retention.FindNext(campaignId, after, Slice, promisedBy: now + _ahead),
                cancellationToken
            );
            await retention.ScheduleAsync(campaignId, cancellationToken);
        }
    }

    private async Task EraseAsync(
        long campaignId,
        Func<long, IReadOnlyList<long>> findNext,
        CancellationToken cancellationToken
    )
    {
        var after = 0L;
        while (findNext(after) is { Count: > 0 } ids)
        {
            await retention.EraseAsync(campaignId, ids, cancellationToken);
            after = ids[^1];
        }
    }
}
