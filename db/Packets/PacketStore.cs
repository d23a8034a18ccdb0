using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Packets;

/// <summary>
/// Packets as staff see them: staff request, list, download and rebuild them. The worker builds
/// them through <see cref="PacketQueue"/>.
/// </summary>
public sealed class PacketStore(
    Database database,
    LedgerStore ledger,
    PacketFolder folder,
    IOptions<PacketsOptions> limits,
    IOptions<LedgerOptions> batches
)
{
    private const string Table = "packets";

    private const string Insert = $"""
        INSERT INTO packets (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale,
                             include_csv, include_xlsx, cut_off_size, cut_off_root, requested_at, requested_by, status,
                             line_key, since_packet, since_size, since_root, audit_size, audit_hash)
        VALUES (@id, @CampaignId, @Recipient, @Countries, @Disclosure, @Asked, @Locale,
                @Csv, @Xlsx, @Size, @Root, @now, @staff, '{PacketStatus.Queued}', @lineKey, @Since, @SinceSize,
                @SinceRoot, (SELECT size FROM audit_heads), (SELECT hash FROM audit_heads))
        """;

    private const string Select = $"SELECT {PacketRow.Columns} FROM packets p WHERE p.id = @id";

    private const string SelectStatus = "SELECT status FROM packets WHERE id = @id";

    private const string SelectList = $"""
        SELECT {PacketRow.Columns} FROM packets p WHERE p.campaign_id = @campaignId AND p.id < @before
        """;

    private const string NewestFirst = " ORDER BY p.id DESC LIMIT @limit";

    private const string SelectStale = $"""
        SELECT p.campaign_id, count(*) AS packets, MIN(p.requested_at) AS oldest_at FROM packets p
        WHERE p.status = '{PacketStatus.Stale}'
        """;

    private const string ByCampaign = " GROUP BY p.campaign_id";

    private const string SelectFile = $"""
        SELECT file_name, file_key FROM packets
        WHERE id = @id AND status = '{PacketStatus.Ready}' AND file_key IS NOT NULL
        """;

    private static readonly string _markDamaged = $"""
        UPDATE packets SET status = '{PacketStatus.Failed}', failure = 'storage', file_key = NULL
        WHERE id = @Id AND attempt = @Attempt
          AND {SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(PacketAct.Damage))}
        """;

    private static readonly string _requeue = $"""
        UPDATE packets
        SET status = '{PacketStatus.Queued}', file_key = NULL, failure = NULL, done = 0, total = 0,
            {Lease.End}
        WHERE id = @id AND {SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(PacketAct.Rebuild))}
        """;

    /// <summary>
    /// Checks a request for a packet. Refused as <see cref="PacketRules"/> says.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="request">The requested packet.</param>
    /// <param name="scope">The countries of the actor; null for all.</param>
    public Outcome<CheckedPacket> Check(Campaign campaign, PacketRequest request, IReadOnlyList<string>? scope)
    {
        var check = PacketRules.Check(campaign, request, scope);
        if (check.Value is not { } order)
            return check.Refusal!;
        EarlierPacket? earlier = null;
        if (request.Since is { } since)
        {
            var found = FindEarlier(campaign.Id, since, scope);
            var supplement = SupplementRules.Check(
                order,
                request.Countries,
                found is null ? null : new OrderedPacket(found.Recipient, found.Countries, found.Manifest is not null)
            );
            if (supplement.Value is not { } supplementing)
                return supplement.Refusal!;
            order = supplementing;
            earlier = new EarlierPacket(Ids.Text(found!.Id), found.CutOff);
        }
        var newest = ledger.GetHead(campaign.Id);
        var head = PacketRules.ChooseHead(request.CutOff, newest.Size, size =>
            ledger.FindHead(campaign.Id, size) is not null
        );
        if (head.Refusal is { } refusal)
            return refusal;
        var signed = head.Value == newest.Size ? newest : ledger.FindHead(campaign.Id, head.Value)!;
        return new CheckedPacket(campaign, request, order, new CutOff(signed.Size, signed.Root), earlier);
    }

    private Packet? FindEarlier(long campaignId, long id, IReadOnlyList<string>? scope) =>
        Find(id) is { } found && found.CampaignId == campaignId && PacketRules.IsInScope(found.Countries, scope)
            ? found
            : null;

    /// <summary>Queues a packet and returns its id.</summary>
    public async Task<Outcome<long>> RequestAsync(
        Campaign campaign,
        PacketRequest request,
        IReadOnlyList<string>? scope,
        Actor actor
    )
    {
        var outcome = Check(campaign, request, scope);
        if (outcome.Value is not { } packet)
            return outcome.Refusal!;
        var created = await database.Writes.RunAsync(write => Create(write, packet, actor));
        return created.Value is { } made ? made.Id : created.Refusal!;
    }

    /// <summary>
    /// Queues a packet in the caller's transaction, or returns the packet that is the same. One
    /// that may show people to a recipient of high risk waits for an approval. Its cut-off is the
    /// head that was checked, or a nearby one of another packet. Refused with
    /// <c>too-many-packets</c>.
    /// </summary>
    public Outcome<Packet> Create(WriteTransaction write, CheckedPacket packet, Actor actor)
    {
        var campaign = packet.Campaign;
        PacketAdmission.Lock(write, campaign.Id, actor.StaffId);
        var cutOff = PacketAdmission.ChooseCutOff(write.Connection, campaign.Id, packet.CutOff, batches.Value.MinBatch);
        if (SupplementRules.RefuseCutOff(cutOff.Size, packet.Earlier) is { } empty)
            return empty;
        var content = OrderedContent.From(packet, cutOff);
        var id = PacketAdmission.FindSame(write, content);
        if (id is null)
        {
            if (PacketAdmission.IsFull(write, campaign.Id, actor.StaffId, limits.Value))
                return Refusal.TooManyPackets;
            id = Queue(write, content, actor);
        }
        actor.Audit(write, "packet.request", campaign.Slug, Ids.Text(id.Value));
        return write.Connection.QuerySingle<PacketRow>(Select, new { id }).ToPacket();
    }

    private long Queue(WriteTransaction write, OrderedContent content, Actor actor)
    {
        var id = write.NextId();
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                content.CampaignId,
                content.Recipient,
                content.Countries,
                content.Disclosure,
                content.Asked,
                content.Locale,
                content.Csv,
                content.Xlsx,
                content.Size,
                content.Root,
                content.Since,
                content.SinceSize,
                content.SinceRoot,
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId ?? 0,
                lineKey = database.Keys.Encryptor.Encrypt(Table, "line_key", id, EncryptedFile.NewKey()),
            }
        );
        BuildUnlessAwaited(write, id);
        return id;
    }

    private static void BuildUnlessAwaited(WriteTransaction write, long id)
    {
        if (!PacketApprovalStore.AwaitIfNeeded(write, id))
            write.Queued(PendingWork.Packets);
    }

    public Packet? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<PacketRow>(Select, new { id })?.ToPacket();
    }

    /// <summary>
    /// Packets of a campaign with an id below <paramref name="before"/>, newest first: those whose
    /// countries all lie in <paramref name="scope"/>; null for all.
    /// </summary>
    public IReadOnlyList<Packet> List(long campaignId, IReadOnlyList<string>? scope, long before, int limit)
    {
        var parameters = new DynamicParameters(
            new
            {
                campaignId,
                before,
                limit,
            }
        );
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<PacketRow>(SelectList + IsInScope(scope, parameters) + NewestFirst, parameters)
                .Select(row => row.ToPacket()),
        ];
    }

    /// <summary>
    /// The stale packets of each campaign whose countries all lie in <paramref name="scope"/>, and
    /// when the oldest of them was requested.
    /// </summary>
    public IReadOnlyList<CampaignPackets> CountStale(IReadOnlyList<string>? scope)
    {
        var parameters = new DynamicParameters();
        using var connection = database.Read();
        return
        [
            .. connection.Query<CampaignPackets>(SelectStale + IsInScope(scope, parameters) + ByCampaign, parameters),
        ];
    }

    // As PacketRules.IsInScope. The countries are a JSON array in a text column: without those of the scope, no code
    // and so no quote is left.
    private static string IsInScope(IReadOnlyList<string>? scope, DynamicParameters parameters)
    {
        if (scope is null)
            return "";
        var left = "p.countries";
        foreach (var (index, country) in scope.Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"country{index}");
            parameters.Add(name, $"\"{country}\"");
            left = $"replace({left}, @{name}, '')";
        }
        return $" AND {left} NOT LIKE '%\"%'";
    }

    /// <summary>
    /// The ZIP; null if the packet is not ready or has just become stale. Throws
    /// <see cref="CryptographicException"/> if the file is damaged.
    /// </summary>
    public PacketContent? OpenFile(long id)
    {
        FileRow? row;
        using (var connection = database.Read())
            row = connection.QuerySingleOrDefault<FileRow>(SelectFile, new { id });
        if (row is null)
            return null;
        try
        {
            var key = database.Keys.Encryptor.Decrypt(Table, "file_key", id, row.FileKey);
            // Each build has a key of its own, also one that a restored database gives the number of an earlier one.
            var build = Convert.ToHexStringLower(HMACSHA256.HashData(key, "packet-build"u8))[..32];
            return new PacketContent(EncryptedFile.Open(folder.File(row.FileName), key), build);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Marks a packet whose file is damaged as failed; staff build it again. Does nothing for
    /// another build than that of <paramref name="packet"/>.
    /// </summary>
    public Task MarkDamagedAsync(Packet packet) =>
        database.Writes.RunAsync(write => write.Connection.Execute(_markDamaged, new { packet.Id, packet.Attempt }));

    /// <summary>
    /// Queues a finished, failed or stale packet again with the same cut-off and approval; its old
    /// file can no longer be decrypted. Does nothing for one that waits or is being built. Refused
    /// with <c>already-decided</c> for a declined one.
    /// </summary>
    public Task<Refusal?> RebuildAsync(Packet packet, string slug, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.Execute(_requeue, new { id = packet.Id }) == 0)
            {
                var status = write.Connection.QuerySingle<string>(SelectStatus, new { id = packet.Id });
                return PacketLifecycle.Find(status, PacketAct.Rebuild).Refusal;
            }
            BuildUnlessAwaited(write, packet.Id);
            actor.Audit(write, "packet.rebuild", slug, Ids.Text(packet.Id));
            return null;
        });

    private sealed class FileRow
    {
        public required string FileName { get; init; }
        public required byte[] FileKey { get; init; }
    }
}
