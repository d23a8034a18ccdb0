using System.Threading.Channels;
using Campaigns.Db.Engine;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Records the outcomes of one connection's letters concurrently with sending, so that neither disk
/// nor network waits for the other. With a fast server one write records many outcomes. With a slow
/// server an outcome waits at most a second.
/// </summary>
internal sealed class DeliveryRecorder<TOutcome> : IAsyncDisposable
{
    private const int MaxBatch = 64;
    private static readonly TimeSpan _maxWait = TimeSpan.FromSeconds(1);

    private readonly Channel<TOutcome> _outcomes = Channel.CreateUnbounded<TOutcome>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly Func<IReadOnlyList<TOutcome>, CancellationToken, Task> _mark;
    private readonly Task _recording;

    /// <param name="mark">Stores outcomes.</param>
    public DeliveryRecorder(Func<IReadOnlyList<TOutcome>, CancellationToken, Task> mark)
    {
        _mark = mark;
        _recording = RecordAllAsync();
    }

    public void Add(TOutcome outcome) => _outcomes.Writer.TryWrite(outcome);

    /// <summary>Returns once all outcomes are recorded; throws when recording failed.</summary>
    public async ValueTask DisposeAsync()
    {
        _outcomes.Writer.TryComplete();
        await _recording;
    }

    private async Task RecordAllAsync()
    {
        while (await _outcomes.Reader.WaitToReadAsync())
            await RecordAsync(await GatherAsync());
    }

    private async Task<IReadOnlyList<TOutcome>> GatherAsync()
    {
        var batch = new List<TOutcome>(MaxBatch);
        using var limit = new CancellationTokenSource(_maxWait);
        try
        {
            do
            {
                while (batch.Count < MaxBatch && _outcomes.Reader.TryRead(out var outcome))
                    batch.Add(outcome);
            } while (batch.Count < MaxBatch && await _outcomes.Reader.WaitToReadAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            // The first outcome has waited for the maximum time.
        }
        return batch;
    }

    // A sent letter must be recorded, because an unrecorded letter is sent again. Hence recording ignores shutdown and
    // retries while the queue or the disk is full.
    private async Task RecordAsync(IReadOnlyList<TOutcome> outcomes)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await _mark(outcomes, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (exception is OverloadedException or StorageException && tries < 600)
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds((exception is OverloadedException ? 50 : 1000) * Backoff.Jitter()),
                    CancellationToken.None
                );
            }
        }
    }
}
