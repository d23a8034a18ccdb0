using System.Diagnostics;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Packets.Build;

/// <param name="Outcome">The outcome of the build.</param>
/// <param name="Failure">A fixed word for the cause, if the build failed.</param>
internal sealed record BuildResult(BuildOutcome Outcome, string? Failure = null);

/// <summary>
/// Builds one packet: claims its row, renews the lease while it works, and publishes the file and
/// the row. A file with a final name is always complete. A removal during the build restarts it.
/// </summary>
internal sealed class BuildPacketJob(
    PacketQueue queue,
    PacketBuilder builder,
    PacketFolder folder,
    ILogger<BuildPacketJob> log
)
{
    private static readonly TimeSpan _reportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _renewEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);
    private static readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>
    /// Builds the packet once. A cancelled build releases the packet and throws.
    /// </summary>
    /// <param name="packetId">The packet.</param>
    /// <param name="failures">How often it failed before.</param>
    /// <param name="restarts">How often it started over before.</param>
    /// <param name="progress">Receives a report at most once a second.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    public async Task<BuildResult> RunAsync(
        long packetId,
        int failures,
        int restarts,
        IProgress<PacketProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (await queue.ClaimAsync(packetId, _owner, cancellationToken) is not { } claimed)
            return new(BuildOutcome.NotWaiting);
        try
        {
            if (builder.FindRecipient(claimed.Packet) is not { } recipient)
                return await FailAsync(claimed, "recipient");
            var published = await BuildAsync(claimed, recipient, progress, cancellationToken);
            if (published == PublishResult.Published)
                return new(BuildOutcome.Ready);
            if (published == PublishResult.LeaseLost)
                return new(BuildOutcome.LeaseLost);
            if (restarts + 1 >= PacketRules.MostRestarts)
                return await FailAsync(claimed, "unsettled");
            await Task.Delay(_pause, cancellationToken);
            await queue.ReleaseAsync(claimed.Packet, cancellationToken);
            return new(BuildOutcome.StartOver);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await queue.ReleaseAsync(claimed.Packet, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            return new(BuildOutcome.LeaseLost);
        }
#pragma warning disable CA1031 // After any exception the packet is tried again or has failed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            log.JobFailed(nameof(BuildPacketJob), error);
            return await AfterFailureAsync(claimed, failures + 1, FailureText(error), cancellationToken);
        }
    }

    private async Task<BuildResult> AfterFailureAsync(
        ClaimedPacket claimed,
        int failures,
        string word,
        CancellationToken cancellationToken
    )
    {
        if (failures >= PacketRules.MostFailures)
            return await FailAsync(claimed, word);
        await Task.Delay(_pause * failures, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await queue.ReleaseAsync(claimed.Packet, CancellationToken.None);
        return new(BuildOutcome.TryAgain, word);
    }

    private async Task<BuildResult> FailAsync(ClaimedPacket claimed, string word)
    {
        await queue.FailAsync(claimed.Packet, word, CancellationToken.None);
        return new(BuildOutcome.Failed, word);
    }

    private async Task<PublishResult> BuildAsync(
        ClaimedPacket claimed,
        Recipient recipient,
        IProgress<PacketProgress>? reports,
        CancellationToken cancellationToken
    )
    {
        var packet = claimed.Packet;
        var clock = Stopwatch.StartNew();
        var progress = new PacketProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keeping = KeepLeaseAsync(packet, progress, reports, stop, done.Token);
        PublishResult published;
        try
        {
            published = await Task.Run(() => PublishAsync(claimed, recipient, progress, stop.Token), stop.Token);
        }
        finally
        {
            await done.CancelAsync();
            await keeping;
        }
        WorkerMeasures.PacketDuration.Record(clock.Elapsed.TotalSeconds);
        log.PacketBuilt(packet.Id, published, progress.Done, clock.ElapsedMilliseconds);
        return published;
    }

    private async Task<PublishResult> PublishAsync(
        ClaimedPacket claimed,
        Recipient recipient,
        PacketProgress progress,
        CancellationToken cancellation
    )
    {
        var packet = claimed.Packet;
        using var staging = new PacketStaging(folder.CreateWorkFolder(packet.Id, packet.Attempt));
        if (builder.Build(claimed, recipient, staging, progress, cancellation) is not { } built)
            return PublishResult.SourceChanged;
        var key = EncryptedFile.NewKey();
        var (path, bytes) = staging.Assemble(key);
        var name = PacketFolder.FileName(packet.Id, packet.Attempt);
        var linesName = PacketFolder.LinesName(packet.Id, packet.Attempt);
        // The lease reserves the names. An existing file was left by builds after the backup that was restored.
        File.Delete(folder.File(name));
        File.Delete(folder.File(linesName));
        folder.Publish(WriteLines(claimed, built, staging), linesName);
        folder.Publish(path, name);
        var published = await queue.PublishAsync(claimed, name, bytes, key, built.Manifest, built.Jws, cancellation);
        if (published != PublishResult.Published)
        {
            File.Delete(folder.File(name));
            File.Delete(folder.File(linesName));
        }
        CryptographicOperations.ZeroMemory(key);
        return published;
    }

    private static string WriteLines(ClaimedPacket claimed, BuiltPacket built, PacketStaging staging)
    {
        var packet = claimed.Packet;
        var key = PrintedLines.DeriveKey(claimed.DecryptLineKey(), packet.Attempt, built.Jws);
        PrintedLines.Write(staging.LinesPath, key, add =>
        {
            foreach (var country in packet.Countries)
                add(built.Plan[country].Signers);
        });
        CryptographicOperations.ZeroMemory(key);
        return staging.LinesPath;
    }

    /// <summary>
    /// Writes changed progress once a second, which renews the lease; else renews it every five
    /// seconds.
    /// </summary>
    private async Task KeepLeaseAsync(
        Packet packet,
        PacketProgress progress,
        IProgress<PacketProgress>? reports,
        CancellationTokenSource stop,
        CancellationToken done
    )
    {
        using var timer = new PeriodicTimer(_reportEvery);
        var renewed = Stopwatch.StartNew();
        var reported = 0L;
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                var now = Volatile.Read(ref progress.Done);
                if (now == reported && renewed.Elapsed < _renewEvery)
                    continue;
                try
                {
                    if (!await queue.RenewAsync(packet, now, Volatile.Read(ref progress.Total), done))
                    {
                        await stop.CancelAsync();
                        return;
                    }
                    reported = now;
                    renewed.Restart();
                    reports?.Report(progress);
                }
                catch (Exception error) when (error is OverloadedException or StorageException)
                {
                    // The lease is long enough for a few failed renewals, and publishing checks the attempt again.
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The build has ended, so its lease needs no renewal.
        }
    }

    private static string FailureText(Exception error) =>
        error switch
        {
            IOException or UnauthorizedAccessException or StorageException => "storage",
            CryptographicException => "keys",
            _ => "error",
        };
}
