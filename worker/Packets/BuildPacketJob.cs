using System.Diagnostics;
using System.Security.Cryptography;
using Campaigns.Db.Packets;
using Campaigns.Db.Writes;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Builds the packets that wait, one after the other: claims the row, keeps its lease while it works, and publishes file and row so that at no moment
/// there is a file that only looks finished. A removal meanwhile starts the build over.
/// </summary>
internal sealed class BuildPacketJob(PacketQueue queue, PacketBuilder builder, PacketFolder folder, ILogger<BuildPacketJob> log) : ITimedJob
{
    private const int Tries = 3;

    // A campaign that people leave faster than a packet is built: then a person should look, and ask again in a quieter hour.
    private const int MostRestarts = 100;
    private static readonly TimeSpan _renewEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(1);
    private static readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new Dictionary<long, int>();
        var starts = new Dictionary<long, int>();
        while (await queue.ClaimAsync(_owner, cancellationToken) is { } claimed)
        {
            try
            {
                var restarts = starts[claimed.Packet.Id] = starts.GetValueOrDefault(claimed.Packet.Id) + 1;
                if (builder.FindRecipient(claimed.Packet) is { } recipient) await BuildAsync(claimed, recipient, restarts, cancellationToken);
                else await queue.FailAsync(claimed.Packet, "recipient", cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The lease was lost: the packet is somebody else's now.
            }
#pragma warning disable CA1031 // Whatever a packet throws, the next one is built.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                log.JobFailed(nameof(BuildPacketJob), error);
                var count = failures[claimed.Packet.Id] = failures.GetValueOrDefault(claimed.Packet.Id) + 1;
                if (count >= Tries)
                {
                    await queue.FailAsync(claimed.Packet, Word(error), cancellationToken);
                    continue;
                }
                await Task.Delay(TimeSpan.FromSeconds(count), cancellationToken);
                await queue.GiveBackAsync(claimed.Packet, cancellationToken);
            }
        }
    }

    private async Task BuildAsync(ClaimedPacket claimed, Recipient recipient, int restarts, CancellationToken cancellationToken)
    {
        var packet = claimed.Packet;
        var clock = Stopwatch.StartNew();
        var progress = new PacketProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keeping = KeepLeaseAsync(packet, progress, stop, done.Token);
        Published published;
        try
        {
            published = await Task.Run(() => PublishAsync(claimed, recipient, progress, stop.Token), stop.Token);
        }
        finally
        {
            await done.CancelAsync();
            await keeping;
        }
        if (published == Published.Moved && restarts >= MostRestarts)
        {
            await queue.FailAsync(packet, "unsettled", cancellationToken);
        }
        else if (published == Published.Moved)
        {
            await queue.GiveBackAsync(packet, cancellationToken);
            await Task.Delay(_calm, cancellationToken);
        }
        log.PacketBuilt(packet.Id, published, progress.Done, clock.ElapsedMilliseconds);
    }

    private async Task<Published> PublishAsync(ClaimedPacket claimed, Recipient recipient, PacketProgress progress, CancellationToken cancellation)
    {
        var packet = claimed.Packet;
        using var parts = new PartFolder(folder.CreateWorkFolder(packet.Id, packet.Attempt));
        if (builder.Build(claimed, recipient, parts, progress, cancellation) is not var (manifest, jws)) return Published.Moved;
        var key = SealedFile.NewKey();
        var (path, bytes) = parts.Assemble(key);
        var name = PacketFolder.FileName(packet.Id, packet.Attempt);
        // Ours by the lease: what lies there is from before a backup was restored.
        File.Delete(folder.File(name));
        folder.Publish(path, name);
        var published = await queue.PublishAsync(claimed, name, bytes, key, manifest, jws, cancellation);
        if (published != Published.Done) File.Delete(folder.File(name));
        CryptographicOperations.ZeroMemory(key);
        return published;
    }

    private async Task KeepLeaseAsync(Packet packet, PacketProgress progress, CancellationTokenSource stop, CancellationToken done)
    {
        using var timer = new PeriodicTimer(_renewEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                try
                {
                    if (await queue.RenewAsync(packet, Volatile.Read(ref progress.Done), Volatile.Read(ref progress.Total), done)) continue;
                }
                catch (Exception error) when (error is OverloadedException or StorageException)
                {
                    // The lease outlives a few renewals that found no room; publishing asks for the attempt all the same.
                    continue;
                }
                await stop.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Word(Exception error) => error switch
    {
        IOException or UnauthorizedAccessException or StorageException => "storage",
        CryptographicException => "keys",
        _ => "error",
    };
}
