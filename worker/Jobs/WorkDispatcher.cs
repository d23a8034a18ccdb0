using System.Threading.Channels;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Packets.Build;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Puts jobs on the board for waiting rows. A commit of this process that queued rows wakes it at
/// once. A sweep twice a second finds the rows of other processes and of killed processes.
/// </summary>
internal sealed class WorkDispatcher(
    Database database,
    PacketJobs packets,
    LetterJobs letters,
    JobStorageHealth health,
    JobFailureLog failures,
    bool sweeps
) : BackgroundService
{
    private static readonly TimeSpan _sweepEvery = TimeSpan.FromMilliseconds(500);

    // Many commits a second cause one run of letters, which then claims many at once.
    private static readonly TimeSpan _mostOften = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _afterFailure = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    private int _queued;
    private long? _sweptAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        database.Writes.WorkQueued += Wake;
        letters.Ended += WakeLetters;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                // A failed dispatch is tried again, also in a process that does not sweep.
                while (!Dispatch())
                    await Task.Delay(_afterFailure, stoppingToken);
                await Task.Delay(_mostOften, stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            database.Writes.WorkQueued -= Wake;
            letters.Ended -= WakeLetters;
        }
    }

    private bool Dispatch()
    {
        var queued = (PendingWork)Interlocked.Exchange(ref _queued, 0);
        if (IsTimeToSweep())
            queued = PendingWork.Letters | PendingWork.Packets;
        var works = !queued.HasFlag(PendingWork.Letters) || DispatchLetters();
        works &= !queued.HasFlag(PendingWork.Packets) || DispatchPackets();
        if (!works)
            Interlocked.Or(ref _queued, (int)queued);
        return works && health.Recovers();
    }

    private bool IsTimeToSweep()
    {
        if (!sweeps || (_sweptAt is { } at && TimeProvider.System.GetElapsedTime(at) < _sweepEvery))
            return false;
        _sweptAt = TimeProvider.System.GetTimestamp();
        return true;
    }

    private bool DispatchPackets()
    {
        IReadOnlyList<long> waiting = [];
        return !failures.Ask(typeof(BuildPacketJob), () => (waiting = packets.FindWaiting()).Count > 0)
            || health.Try(() => packets.Enqueue(waiting));
    }

    private bool DispatchLetters() => !failures.Ask(typeof(SendLettersJob), letters.IsDue) || health.Try(letters.Start);

    private void Wake(PendingWork work)
    {
        if (work.HasFlag(PendingWork.Letters))
            letters.Notify();
        Interlocked.Or(ref _queued, (int)work);
        _wake.Writer.TryWrite(true);
    }

    private void WakeLetters() => Wake(PendingWork.Letters);

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        if (sweeps)
            limit.CancelAfter(_sweepEvery);
        try
        {
            await _wake.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The next sweep is due.
        }
    }
}
