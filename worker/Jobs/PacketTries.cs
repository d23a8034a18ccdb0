using System.Globalization;
using Hangfire;
using Hangfire.States;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// What the board stores about a packet: its newest job, and how often its build failed or started
/// over. If the board is lost, the counts start at zero; the packet's row is not affected.
/// </summary>
internal sealed class PacketTries(JobStorage storage)
{
    private const string Job = "job",
        Failures = "failures",
        Restarts = "restarts";

    // Longer than any packet waits.
    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(1);

    /// <summary>True while a job of this packet waits for its turn.</summary>
    public bool HasWaitingJob(long packetId)
    {
        using var connection = storage.GetConnection();
        var entries = connection.GetAllEntriesFromHash(Key(packetId));
        return entries is not null
            && entries.TryGetValue(Job, out var job)
            && connection.GetJobData(job)?.State == EnqueuedState.StateName;
    }

    public void SetJob(long packetId, string jobId) => Set(packetId, (Job, jobId));

    public (int Failures, int Restarts) Read(long packetId)
    {
        using var connection = storage.GetConnection();
        var entries = connection.GetAllEntriesFromHash(Key(packetId)) ?? [];
        return (Count(entries, Failures), Count(entries, Restarts));
    }

    public void Write(long packetId, int failures, int restarts) =>
        Set(packetId, (Failures, Text(failures)), (Restarts, Text(restarts)));

    public void Remove(long packetId)
    {
        using var connection = storage.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        transaction.RemoveHash(Key(packetId));
        transaction.Commit();
    }

    private void Set(long packetId, params (string Name, string Value)[] entries)
    {
        using var connection = storage.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        transaction.SetRangeInHash(
            Key(packetId),
            entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Value))
        );
        if (transaction is Hangfire.Storage.JobStorageTransaction expiring)
            expiring.ExpireHash(Key(packetId), _lifetime);
        transaction.Commit();
    }

    private static int Count(Dictionary<string, string> entries, string name) =>
        entries.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Key(long packetId) => string.Create(CultureInfo.InvariantCulture, $"packet:{packetId}");
}
