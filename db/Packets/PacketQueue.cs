using System.Text;
using Campaigns.Db.Writes;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>What came of publishing a packet.</summary>
public enum PublishResult
{
    Published,

    /// <summary>
    /// Somebody was removed or lowered their disclosure since the build began: build again.
    /// </summary>
    SourceChanged,

    /// <summary>Another worker holds the packet, or it was taken back: give up quietly.</summary>
    LeaseLost,
}

/// <summary>
/// Packets as the worker sees them: claimed under a lease with an attempt number, kept alive,
/// published or failed. Each step but the claim asks for the attempt, so whoever comes late changes
/// nothing.
/// </summary>
public sealed class PacketQueue(Database database, TimeProvider time)
{
    private const string Table = "packets";

    /// <summary>A packet whose lease is not renewed for this long is another worker's.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Claim = $$"""
        UPDATE packets SET status = 'building', lease_until = @until, lease_owner = @owner, attempt = attempt + 1, done = 0, total = 0, failure = NULL
        WHERE id = (SELECT id FROM packets WHERE id = @id AND {{Waits}} {for_update_skip_locked})
        RETURNING id
        """;

    // The least tried first: a packet that starts over again and again does not delay the others.
    private const string SelectWaiting =
        $"SELECT id FROM packets WHERE {Waits} ORDER BY attempt, requested_at, id LIMIT 20";

    private const string Waits =
        "(status = 'queued' OR (status = 'building' AND (lease_until IS NULL OR lease_until <= @free)))";

    private const string SelectClaimed = $"""
        SELECT {PacketRow.Columns}, p.line_key, c.removals
        FROM packets p JOIN campaigns c ON c.id = p.campaign_id WHERE p.id = @id
        """;

    private const string RenewLease = """
        UPDATE packets SET lease_until = @until, done = @done, total = @total WHERE id = @Id AND attempt = @Attempt AND status = 'building'
        """;

    private const string MarkReady = """
        UPDATE packets SET status = 'ready', file_key = @fileKey, file_name = @fileName, file_bytes = @fileBytes, manifest = @manifest, manifest_jws = @jws,
               done = @lines, total = @lines, lease_until = NULL, lease_owner = NULL
        WHERE id = @Id AND attempt = @Attempt AND status = 'building'
        """;

    // Held: a removal that comes at the same moment waits, and then finds the packet ready and makes it stale.
    private const string FindRemovals = "SELECT removals FROM campaigns WHERE id = @CampaignId {for_no_key_update}";

    private const string MarkFailed = """
        UPDATE packets SET status = 'failed', failure = @word, lease_until = NULL, lease_owner = NULL WHERE id = @Id AND attempt = @Attempt AND status = 'building'
        """;

    private const string Release = """
        UPDATE packets SET status = 'queued', lease_until = NULL, lease_owner = NULL WHERE id = @Id AND attempt = @Attempt AND status = 'building'
        """;

    private const string IsLeased =
        "SELECT count(*) FROM packets WHERE id = @Id AND attempt = @Attempt AND status = 'building'";

    // Whatever its lease: that a build which stood still is ready may be on its way to the disk. The next claim counts
    // another attempt.
    private const string SelectFiles =
        "SELECT id, attempt FROM packets WHERE (status = 'ready' AND file_key IS NOT NULL) OR status = 'building'";

    /// <summary>
    /// The first twenty packets that wait for a builder, or whose builder's lease has ended; writes
    /// nothing.
    /// </summary>
    public IReadOnlyList<long> FindWaiting()
    {
        using var connection = database.Read();
        return [.. connection.Query<long>(SelectWaiting, new { free = database.LeaseExpiryCutoff(time.UtcNow()) })];
    }

    /// <summary>
    /// Claims a packet until the lease ends; null when it does not wait (any more).
    /// </summary>
    public Task<ClaimedPacket?> ClaimAsync(long id, string owner, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var claim = new
                {
                    id,
                    owner,
                    free = database.LeaseExpiryCutoff(write.Now),
                    until = LeaseExpiry(write.Now),
                };
                return write.Connection.QuerySingleOrDefault<long?>(write.Sql(Claim), claim) is null
                    ? null
                    : Open(write.Connection.QuerySingle<ClaimedRow>(SelectClaimed, new { id }));
            },
            cancellation
        );

    /// <summary>
    /// Keeps the packet for another lease and shows progress; false when it is no longer this
    /// attempt's.
    /// </summary>
    public Task<bool> RenewAsync(Packet packet, long done, long total, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    RenewLease,
                    new
                    {
                        packet.Id,
                        packet.Attempt,
                        done,
                        total,
                        until = LeaseExpiry(write.Now),
                    }
                ) == 1,
            cancellation
        );

    /// <summary>
    /// Makes the packet ready in one statement, only if nobody was removed since it was claimed.
    /// The file already lies under <paramref name="fileName"/>.
    /// </summary>
    public Task<PublishResult> PublishAsync(
        ClaimedPacket claimed,
        string fileName,
        long fileBytes,
        byte[] fileKey,
        Manifest manifest,
        string jws,
        CancellationToken cancellation
    ) =>
        database.Writes.RunAsync(
            write =>
            {
                var packet = claimed.Packet;
                if (
                    write.Connection.QuerySingle<long>(write.Sql(FindRemovals), new { packet.CampaignId })
                    != claimed.Removals
                )
                    return NotPublished(write, packet);
                var changed = write.Connection.Execute(
                    MarkReady,
                    new
                    {
                        packet.Id,
                        packet.Attempt,
                        fileName,
                        fileBytes,
                        lines = manifest.Counts.Values.Sum(counts => counts.Name + counts.Initials),
                        fileKey = database.Keys.Encryptor.Encrypt(Table, "file_key", packet.Id, fileKey),
                        manifest = Encoding.UTF8.GetString(manifest.ToJson()),
                        jws,
                    }
                );
                return changed == 1 ? PublishResult.Published : PublishResult.LeaseLost;
            },
            cancellation
        );

    /// <summary>Gives up on a packet that will not build, with a short word of ours.</summary>
    public Task FailAsync(Packet packet, string word, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    MarkFailed,
                    new
                    {
                        packet.Id,
                        packet.Attempt,
                        word,
                    }
                ),
            cancellation
        );

    /// <summary>Back to the queue: the build has to start over.</summary>
    public Task ReleaseAsync(Packet packet, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write => write.Connection.Execute(Release, new { packet.Id, packet.Attempt }),
            cancellation
        );

    /// <summary>
    /// Id and attempt of every packet whose files are needed: ready ones, and the newest attempt of
    /// those being built.
    /// </summary>
    public IReadOnlySet<(long Id, int Attempt)> ReferencedFiles()
    {
        using var connection = database.Read();
        return connection.Query<FileRow>(SelectFiles).Select(row => (row.Id, (int)row.Attempt)).ToHashSet();
    }

    private static PublishResult NotPublished(WriteTransaction write, Packet packet) =>
        write.Connection.QuerySingle<long>(IsLeased, new { packet.Id, packet.Attempt }) == 1
            ? PublishResult.SourceChanged
            : PublishResult.LeaseLost;

    private static long LeaseExpiry(DateTimeOffset now) => (now + Lease).ToUnixTimeMilliseconds();

    private ClaimedPacket Open(ClaimedRow row) =>
        new(row.ToPacket(), row.Removals, () =>
            database.Keys.Encryptor.Decrypt(Table, "line_key", row.Id, row.LineKey)
        );

    private sealed class FileRow
    {
        public required long Id { get; init; }
        public required long Attempt { get; init; }
    }
}

/// <summary>A packet this worker builds.</summary>
/// <param name="Packet">As claimed.</param>
/// <param name="Removals">The campaign's counter of removals when it was claimed.</param>
/// <param name="DecryptLineKey">
/// The key that orders the packet's lines, the same for every rebuild. Throws where it does not
/// decrypt: such a packet is claimed like any other, and fails.
/// </param>
public sealed record ClaimedPacket(Packet Packet, long Removals, Func<byte[]> DecryptLineKey);
