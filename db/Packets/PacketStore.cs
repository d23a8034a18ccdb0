using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>
/// Packets as staff see them: staff request, list, download and rebuild them. The worker builds
/// them through <see cref="PacketQueue"/>.
/// </summary>
public sealed class PacketStore(Database database, LedgerStore ledger, PacketFolder folder)
{
    private const string Table = "packets";

    private const string Insert = """
        INSERT INTO packets (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale,
                             include_csv, cut_off_size, cut_off_root, requested_at, requested_by, status, line_key)
        VALUES (@id, @campaignId, @Key, @countries, @disclosure, @asked, @locale,
                @csv, @size, @root, @now, @staff, 'queued', @lineKey)
        """;

    private const string Select = $"SELECT {PacketRow.Columns} FROM packets p WHERE p.id = @id";

    private const string SelectAll =
        $"SELECT {PacketRow.Columns} FROM packets p WHERE p.campaign_id = @campaignId ORDER BY p.id DESC LIMIT 200";

    private const string SelectFile =
        "SELECT file_name, file_key FROM packets WHERE id = @id AND status = 'ready' AND file_key IS NOT NULL";

    private const string Requeue = """
        UPDATE packets SET status = 'queued', file_key = NULL, failure = NULL, done = 0, total = 0, lease_until = NULL
        WHERE id = @id AND status IN ('ready', 'failed', 'stale')
        """;

    /// <summary>
    /// Queues a packet and returns its id. A disclosure above the recipient's maximum is lowered.
    /// Refused with <c>validation</c>: an unknown recipient or locale, countries outside the
    /// recipient's or the actor's, a cut-off beyond the newest head, CSV for a recipient with high
    /// risk.
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
        if (campaign.Recipients.FirstOrDefault(one => one.Key == request.Recipient) is not { } recipient)
            return Refusal.Validation("recipient", "The campaign has no such recipient.");
        string[] all = [.. campaign.Countries.Select(country => country.Country), Country.Other];
        var allowed = all.Where(country =>
                (recipient.Countries?.Contains(country) ?? true) && (scope?.Contains(country) ?? true)
            )
            .ToList();
        if (request.Countries?.Except(allowed).Any() ?? false)
            return Refusal.Validation("countries", "A country is outside the recipient's countries or outside yours.");
        var countries = request.Countries is null ? allowed : allowed.Where(request.Countries.Contains).ToList();
        if (countries.Count == 0)
            return Refusal.Validation("countries", "The packet has no country.");
        if (!Locales.Supports(request.Locale))
            return Refusal.Validation("locale", "The locale of a packet must be en, nl or nb.");
        if (request.Csv && recipient.Risk == Recipient.HighRisk)
            return Refusal.Validation("include", "A packet for a recipient with high risk cannot include CSV.");
        var head = ledger.GetHead(campaign.Id);
        var size = request.CutOff ?? head.Size;
        if (size > head.Size)
            return Refusal.Validation("cutOff", "The cut-off is beyond the newest head of the ledger.");
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
                    recipient.Key,
                    countries = Lists.Write(countries),
                    disclosure = Disclosures.Lower(request.Disclosure, recipient.MaxDisclosure).Text(),
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
            if (write.Connection.Execute(Requeue, new { id = packet.Id }) == 0)
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
