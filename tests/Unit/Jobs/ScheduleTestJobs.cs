using System.Collections.Concurrent;
using Campaigns.Worker;

namespace Campaigns.Tests.Unit.Jobs;

/// <summary>Records what the jobs of <see cref="ScheduleTests"/> did.</summary>
internal sealed class Recorder
{
    private int _running;

    public ConcurrentQueue<string> Runs { get; } = new();
    public ConcurrentQueue<long> Starts { get; } = new();
    public int MostAtOnce { get; private set; }
    public bool HasWork { get; set; }

    /// <summary>Completing it lets waiting jobs continue.</summary>
    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Begin()
    {
        Starts.Enqueue(TimeProvider.System.GetTimestamp());
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
    }

    public void End(string name)
    {
        Interlocked.Decrement(ref _running);
        Runs.Enqueue(name);
    }
}

internal sealed class FailingJob(Recorder recorder) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue(nameof(FailingJob));
        throw new AggregateException(new InvalidOperationException(ScheduleTests.Personal));
    }
}

internal sealed class ThrowingConstructorJob : IScheduledJob
{
    public ThrowingConstructorJob() => throw new InvalidOperationException(ScheduleTests.Personal);

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class SlowJob(Recorder recorder) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Begin();
        await Task.Delay(400, CancellationToken.None);
        recorder.End(nameof(SlowJob));
    }
}

internal sealed class HangingJob(Recorder recorder) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue("begun");
        await recorder.Go.Task;
    }
}

internal sealed class LongJob(Recorder recorder) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue("begun");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            await Task.Delay(100, CancellationToken.None);
            recorder.Runs.Enqueue("tidied up");
        }
    }
}

internal sealed class HeldJob(Recorder recorder) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue("begun");
        await recorder.Go.Task.WaitAsync(cancellationToken);
        recorder.Runs.Enqueue("ended");
    }
}

internal sealed class CountedJob(Recorder recorder) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue(nameof(CountedJob));
        return Task.CompletedTask;
    }
}

internal sealed class MarkerJob(Recorder recorder) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        recorder.Runs.Enqueue(nameof(MarkerJob));
        return Task.CompletedTask;
    }
}
