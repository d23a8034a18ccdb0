using Campaigns.Db.Handovers;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Deletes files of evidence that were erased, and those that a killed upload left.
/// </summary>
public sealed class SweepEvidenceJob(EvidenceStore evidence, TimeProvider time) : IScheduledJob
{
    // An upload ends within half this time (api/Endpoints/Handovers/EvidenceUpload.cs).
    private static readonly TimeSpan _age = TimeSpan.FromHours(1);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        evidence.Sweep(time.UtcNow() - _age);
        return Task.CompletedTask;
    }
}
