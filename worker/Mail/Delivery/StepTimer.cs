namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// One cancellation token for a whole session, cancelled when the current step takes too long.
/// MailKit's own <c>Timeout</c> does not reach its asynchronous reads and writes.
/// </summary>
internal sealed class StepTimer : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _stop;

    public CancellationToken Token => _source.Token;

    /// <summary>Begins a step, which replaces the time-out of the previous step.</summary>
    public void Begin(TimeSpan limit) => _source.CancelAfter(limit);

    /// <summary>Removes the time-out until the next step.</summary>
    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Sets the token that ends the current step early, in place of the previous token.
    /// </summary>
    public void StopOn(CancellationToken stop)
    {
        _stop.Dispose();
        _stop = stop.Register(_source.Cancel);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _source.Dispose();
    }
}
