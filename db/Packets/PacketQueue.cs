using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Packets;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Packets;

/// <summary>
/// Packets as the worker sees them: the worker claims a packet with a lease and an attempt number,
/// renews the lease, and publishes or fails the packet. Each step after the claim checks the
/// attempt, so a worker with an expired lease changes nothing.
/// </summary>
public sealed class PacketQueue(Database database, TimeProvider time, IOptions<PacketsOptions> options)
{
    private const string Table = "packets";

    private const string Claim = $$"""
        UPDATE packets
        SET status = '{{PacketStatus.Building}}', lease_until = @until, lease_owner = @owner, attempt = attempt + 1,
            done = 0, total = 0, failure = NULL
        WHERE id = (SELECT id FROM packets WHERE id = @id AND {{IsWaiting}} {for_update_skip_locked})
        RETURNING id
        """;

    // A member's turns: first the packets that are being built, then the waiting ones. Only the two lowest turns that
    // wait are listed, because an enqueued job is not overtaken by the first packet of another member. Two, so that a
    // row that no worker can claim does not stop all others. Fewest attempts first, so that a packet that keeps
    // starting over does not delay the others.
    private static readonly string _selectWaiting = $"""
        WITH turns AS (
            SELECT id, attempt, requested_at, {IsWaiting} AS waits,
                ROW_NUMBER() OVER (
                    PARTITION BY requested_by
                    ORDER BY CASE WHEN {IsWaiting} THEN 1 ELSE 0 END, attempt, requested_at, id) AS turn
            FROM packets WHERE {Is(PacketAct.Claim)})
        SELECT id FROM turns
        WHERE waits AND turn <= (SELECT min(turn) + 1 FROM turns WHERE waits)
        ORDER BY turn, attempt, requested_at, id LIMIT 20
        """;

    internal const string IsWaiting =
        $"(status = '{PacketStatus.Queued}' OR (status = '{PacketStatus.Building}' AND {Lease.IsFree}))";

    private const string SelectClaimed = $"""
        SELECT {PacketRow.Columns}, p.line_key, c.removals
        FROM packets p JOIN campaigns c ON c.id = p.campaign_id WHERE p.id = @id
        """;

    private static readonly string _renewLease = $"""
        UPDATE packets SET lease_until = @until, done = @done, total = @total
        WHERE id = @Id AND attempt = @Attempt AND {Is(PacketAct.Renew)}
        """;

    private static readonly string _markReady = $"""
        UPDATE packets
        SET status = '{PacketStatus.Ready}', file_key = @fileKey, file_name = @fileName, file_bytes = @fileBytes,
            manifest = @manifest, manifest_jws = @jws, done = @lines, total = @lines, built_at = @now,
            built_removals = @Removals,
            {Lease.End}
        WHERE id = @Id AND attempt = @Attempt AND {Is(PacketAct.Publish)}
        """;

    // The row lock makes a concurrent removal wait; the removal then sees the ready packet and marks it stale.
    private const string FindRemovals = "SELECT removals FROM campaigns WHERE id = @CampaignId {for_no_key_update}";

    private static readonly string _markFailed = $"""
        UPDATE packets SET status = '{PacketStatus.Failed}', failure = @word, {Lease.End}
        WHERE id = @Id AND attempt = @Attempt AND {Is(PacketAct.Fail)}
        """;

    private static readonly string _release = $"""
        UPDATE packets SET status = '{PacketStatus.Queued}', {Lease.End}
        WHERE id = @Id AND attempt = @Attempt AND {Is(PacketAct.Release)}
        """;

    private static readonly string _isLeased =
        $"SELECT count(*) FROM packets WHERE id = @Id AND attempt = @Attempt AND {Is(PacketAct.Publish)}";

    // Includes builds with an expired lease: a paused build may still be committing its ready state. The next claim
    // increments the attempt.
    private const string SelectFiles = $"""
        SELECT id, attempt FROM packets
        WHERE (status = '{PacketStatus.Ready}' AND file_key IS NOT NULL) OR status = '{PacketStatus.Building}'
        """;

    // A stale packet may be on paper already, so its lines can be looked up for as long as a file is kept.
    private const string SelectLines = $"""
        {SelectFiles} OR (status = '{PacketStatus.Stale}' AND built_at > @expired)
        """;

    private static readonly string _isExpired = $"{Is(PacketAct.End)} AND built_at <= @expired";

    private static readonly string _selectExpired = $"SELECT count(*) FROM packets WHERE {_isExpired}";

    private static readonly string _markEnded =
        $"UPDATE packets SET status = '{PacketStatus.Ended}', file_key = NULL WHERE {_isExpired}";

    /// <summary>
    /// Up to twenty packets that are queued or have an expired lease: the first of each member
    /// before the second of any. Writes nothing.
    /// </summary>
    public IReadOnlyList<long> FindWaiting()
    {
        using var connection = database.Read();
        return [.. connection.Query<long>(_selectWaiting, new { free = database.LeaseAt(time.UtcNow()).Free })];
    }

    /// <summary>
    /// Claims a packet for one lease; null if it is not waiting, or waits for an approval again.
    /// </summary>
    public Task<ClaimedPacket?> ClaimAsync(long id, string owner, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var lease = database.LeaseAt(write.Now);
                var claim = new
                {
                    id,
                    owner,
                    free = lease.Free,
                    until = lease.Until,
                };
                return
                    write.Connection.QuerySingleOrDefault<long?>(write.Sql(Claim), claim) is null
                    || PacketApprovalStore.AwaitIfNeeded(write, id)
                    ? null
                    : ToClaimed(write.Connection.QuerySingle<ClaimedRow>(SelectClaimed, new { id }));
            },
            cancellation
        );

    /// <summary>
    /// Renews the lease and stores the progress; false if this attempt lost the packet.
    /// </summary>
    public Task<bool> RenewAsync(Packet packet, long done, long total, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    _renewLease,
                    new
                    {
                        packet.Id,
                        packet.Attempt,
                        done,
                        total,
                        until = database.LeaseAt(write.Now).Until,
                    }
                ) == 1,
            cancellation
        );

    /// <summary>
    /// Marks the packet ready, only if no signer was removed since the claim. The file exists as
    /// <paramref name="fileName"/> before this call.
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
                    _markReady,
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
                        claimed.Removals,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    }
                );
                return changed == 1 ? PublishResult.Published : PublishResult.LeaseLost;
            },
            cancellation
        );

    /// <summary>Marks a packet that cannot be built as failed, with a failure word.</summary>
    public Task FailAsync(Packet packet, string word, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    _markFailed,
                    new
                    {
                        packet.Id,
                        packet.Attempt,
                        word,
                    }
                ),
            cancellation
        );

    /// <summary>Returns the packet to the queue; the build starts over.</summary>
    public Task ReleaseAsync(Packet packet, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write => write.Connection.Execute(_release, new { packet.Id, packet.Attempt }),
            cancellation
        );

    /// <summary>
    /// Id and attempt of every packet whose files are needed: ready packets and the newest attempt
    /// of each build.
    /// </summary>
    public IReadOnlySet<(long Id, int Attempt)> ReferencedFiles() => Files(SelectFiles);

    /// <summary>
    /// Id and attempt of every packet whose printed lines are needed: those with files, and stale
    /// packets while a file would be kept.
    /// </summary>
    public IReadOnlySet<(long Id, int Attempt)> ReferencedLines() => Files(SelectLines);

    /// <summary>
    /// Ends the packets whose files are older than files are kept. Writes nothing without one.
    /// </summary>
    public async Task EndExpiredAsync(CancellationToken cancellation)
    {
        using (var connection = database.Read())
        {
            if (connection.QuerySingle<long>(_selectExpired, new { expired = Expiry(time.UtcNow()) }) == 0)
                return;
        }
        await database.Writes.RunAsync(
            write => write.Connection.Execute(_markEnded, new { expired = Expiry(write.Now) }),
            cancellation
        );
    }

    private HashSet<(long Id, int Attempt)> Files(string select)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<FileRow>(select, new { expired = Expiry(time.UtcNow()) })
                .Select(row => (row.Id, (int)row.Attempt)),
        ];
    }

    private long Expiry(DateTimeOffset now) =>
        (now - TimeSpan.FromDays(options.Value.FilesKeepDays)).ToUnixTimeMilliseconds();

    private static PublishResult NotPublished(WriteTransaction write, Packet packet) =>
        write.Connection.QuerySingle<long>(_isLeased, new { packet.Id, packet.Attempt }) == 1
            ? PublishResult.SourceChanged
            : PublishResult.LeaseLost;

    private static string Is(PacketAct act) => SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(act));

    private ClaimedPacket ToClaimed(ClaimedRow row) =>
        new(row.ToPacket(), row.Removals, () =>
            database.Keys.Encryptor.Decrypt(Table, "line_key", row.Id, row.LineKey)
        );

    private sealed class FileRow
    {
        public required long Id { get; init; }
        public required long Attempt { get; init; }
    }
}
