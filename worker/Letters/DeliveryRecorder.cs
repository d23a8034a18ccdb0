using System.Threading.Channels;
using Campaigns.Db.Letters;
using Campaigns.Db.Writes;

namespace Campaigns.Worker.Letters;

/// <summary>
/// Marks the letters of one lane beside the conversation, so that the disk need not wait for the
/// network, nor the other way round. Fast servers get many marked in one write; of a slow one no
/// outcome waits for longer than a second, however long the next letter takes.
/// </summary>
internal sealed class DeliveryRecorder : IAsyncDisposable
{
    private const int Most = 64;
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    private readonly Channel<LetterOutcome> _outcomes = Channel.CreateUnbounded<LetterOutcome>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly LetterStore _letters;
    private readonly Task _marking;

    public DeliveryRecorder(LetterStore letters)
    {
        _letters = letters;
        _marking = MarkAllAsync();
    }

    public void Add(LetterOutcome outcome) => _outcomes.Writer.TryWrite(outcome);

    /// <summary>Returns once all are marked; throws when that failed.</summary>
    public async ValueTask DisposeAsync()
    {
        _outcomes.Writer.TryComplete();
        await _marking;
    }

    private async Task MarkAllAsync()
    {
        while (await _outcomes.Reader.WaitToReadAsync())
            await MarkAsync(await GatherAsync());
    }

    private async Task<IReadOnlyList<LetterOutcome>> GatherAsync()
    {
        var group = new List<LetterOutcome>(Most);
        using var over = new CancellationTokenSource(_longest);
        try
        {
            do
            {
                while (group.Count < Most && _outcomes.Reader.TryRead(out var outcome))
                    group.Add(outcome);
            } while (group.Count < Most && await _outcomes.Reader.WaitToReadAsync(over.Token));
        }
        catch (OperationCanceledException)
        {
            // The first of them has waited long enough.
        }
        return group;
    }

    // What was sent must be marked, also while we are asked to stop; and when the queue is full or the disk is, as
    // often as it takes: an unmarked letter leaves again.
    private async Task MarkAsync(IReadOnlyList<LetterOutcome> outcomes)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await _letters.MarkAsync(outcomes, CancellationToken.None);
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
