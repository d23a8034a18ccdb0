namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>A self-check of a ledger that runs.</summary>
internal sealed class RunningVerification(long campaignId, long size)
{
    private long _done;

    public long CampaignId => campaignId;

    /// <summary>The number of lines of the head.</summary>
    public long Size => size;

    /// <summary>The lines that were read.</summary>
    public long Done
    {
        get => Volatile.Read(ref _done);
        set => Volatile.Write(ref _done, value);
    }

    /// <summary>Completes when the result is recorded.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;
}
