using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>
/// Packets as staff see them: staff request, list, download and rebuild them. The worker builds
/// them through <see cref="PacketQueue"/>.
/// </summary>
public sealed class PacketStore(Database database, LedgerStore ledger, PacketFolder folder)
{
    private const string Table = "packets";

    private const string Insert = $"""
        INSERT INTO packets (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale,
                             include_csv, cut_off_size, cut_off_root, requested_at, requested_by, status, line_key)
        VALUES (@id, @campaignId, @Key, @countries, @disclosure, @asked, @locale,
                @csv, @size, @root, @now, @staff, '{PacketStatus.Queued}', @lineKey)
        """;

    private const string Select = $"SELECT {PacketRow.Columns} FROM packets p WHERE p.id = @id";

    private const string SelectAll =
        $"SELECT {PacketRow.Columns} FROM packets p WHERE p.campaign_id = @campaignId ORDER BY p.id DESC LIMIT 200";

    private const string SelectFile = $"""
        SELECT file_name, file_key FROM packets
        WHERE id = @id AND status = '{PacketStatus.Ready}' AND file_key IS NOT NULL
        """;

    private static readonly string _requeue = $"""
        UPDATE packets
        SET status = '{PacketStatus.Queued}', file_key = NULL, failure = NULL, done = 0, total = 0, lease_until = NULL
        WHERE id = @id AND {SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(PacketAct.Rebuild))}
        """;

    /// <summary>
    /// Queues a packet and returns its id. Refused as <see cref="PacketRules"/> says.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="request">The requested packet.</param>
    /// <param name="scope">The countries of the actor; null for all.</param>
    /// <param name="actor">The member of staff, for the audit trail.</param>
    public async Task<Outcome<long>> RequestAsync(
        Campaign campaign,
        PacketRequest request,
        IReadOnlyList<string>? scope,
        Actor actor
    )
    {
        var check = PacketRules.Check(campaign, request, scope);
        if (check.Value is not { } order)
            return check.Refusal!;
        var head = ledger.GetHead(campaign.Id);
        var cutOff = PacketRules.ChooseCutOff(request.CutOff, head.Size);
        if (cutOff.Refusal is { } refusal)
            return refusal;
        var size = cutOff.Value;
        var root = size == head.Size ? head.Root : ledger.RootAt(campaign.Id, size);
        return await database.Writes.RunAsync(write =>
        {
            var id = write.NextId();
            write.Connection.Execute(
                Insert,
                new
                {
                    id,
                    campaignId = campaign.Id,
                    order.Recipient.Key,
                    countries = Lists.Write(order.Countries),
                    disclosure = order.Disclosure.Text(),
                    asked = request.Disclosure.Text(),
                    locale = request.Locale,
                    csv = request.Csv ? 1 : 0,
                    size,
                    root,
                    now = write.Now.ToUnixTimeMilliseconds(),
                    staff = actor.StaffId ?? 0,
                    lineKey = database.Keys.Encryptor.Encrypt(Table, "line_key", id, EncryptedFile.NewKey()),
                }
            );
            write.Queued(PendingWork.Packets);
            actor.Audit(write, "packet.request", campaign.Slug, Ids.Text(id));
            return id;
        });
    }

    public Packet? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<PacketRow>(Select, new { id })?.ToPacket();
    }

    /// <summary>The newest 200 packets of a campaign, newest first.</summary>
    public IReadOnlyList<Packet> List(long campaignId)
    {
        using var connection = database.Read();
        return [.. connection.Query<PacketRow>(SelectAll, new { campaignId }).Select(row => row.ToPacket())];
    }

    /// <summary>
    /// The ZIP as a seekable stream; null if the packet is not ready or has just become stale.
    /// </summary>
    public Stream? OpenFile(long id)
    {
        FileRow? row;
        using (var connection = database.Read())
            row = connection.QuerySingleOrDefault<FileRow>(SelectFile, new { id });
        if (row is null)
            return null;
        try
        {
            return EncryptedFile.Open(
                folder.File(row.FileName),
                database.Keys.Encryptor.Decrypt(Table, "file_key", id, row.FileKey)
            );
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Queues a finished, failed or stale packet again with the same cut-off; its old file can no
    /// longer be decrypted. Does nothing for a queued packet or one being built.
    /// </summary>
    public Task RebuildAsync(Packet packet, string slug, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.Execute(_requeue, new { id = packet.Id }) == 0)
                return false;
            write.Queued(PendingWork.Packets);
            actor.Audit(write, "packet.rebuild", slug, Ids.Text(packet.Id));
            return true;
        });

    private sealed class FileRow
    {
        public required string FileName { get; init; }
        public required byte[] FileKey { get; init; }
    }
}
