using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>
/// What other packets mean for a new one, read in the transaction that inserts it. Orders of one
/// campaign and of one member run one after the other, also in several processes.
/// </summary>
internal static class PacketAdmission
{
    // A member has to decide about these, or a worker has to build them, or builds them.
    private static readonly IReadOnlyList<string> _waiting =
    [
        PacketStatus.AwaitingApproval,
        .. PacketLifecycle.StatusesChangedBy(PacketAct.Claim),
    ];

    private static readonly string _isWaiting = SqlCondition.IsOneOf("status", _waiting);

    private static readonly string _isSame = SqlCondition.IsOneOf("status", [.. _waiting, PacketStatus.Ready]);

    private const string LockCampaign = "SELECT id FROM campaigns WHERE id = @campaignId {for_no_key_update}";

    private const string SelectMember = "SELECT id FROM staff WHERE id = @staffId {for_no_key_update}";

    private const string SelectCutOffs = """
        SELECT DISTINCT cut_off_size AS size, cut_off_root AS root FROM packets
        WHERE campaign_id = @campaignId AND cut_off_size > @from AND cut_off_size < @to
        """;

    private static readonly string _selectSame = $"""
        SELECT max(id) FROM packets
        WHERE campaign_id = @CampaignId AND {_isSame} AND recipient_key = @Recipient AND countries = @Countries
          AND disclosure = @Disclosure AND disclosure_asked = @Asked AND locale = @Locale AND include_csv = @Csv
          AND include_xlsx = @Xlsx AND cut_off_size = @Size
          AND COALESCE(since_packet, 0) = COALESCE(@Since, 0)
        """;

    private static readonly string _countOfMember =
        $"SELECT count(*) FROM packets WHERE {_isWaiting} AND requested_by = @staffId";

    private static readonly string _countOfCampaign =
        $"SELECT count(*) FROM packets WHERE {_isWaiting} AND campaign_id = @campaignId";

    /// <summary>Waits for orders of the campaign and of the member in other processes.</summary>
    public static void Lock(WriteTransaction write, long campaignId, long? staffId)
    {
        write.Connection.Execute(write.Sql(LockCampaign), new { campaignId });
        LockMember(write, staffId);
    }

    /// <summary>Waits for orders and previews of the member in other processes.</summary>
    public static void LockMember(WriteTransaction write, long? staffId)
    {
        if (staffId is not null)
            write.Connection.Execute(write.Sql(SelectMember), new { staffId });
    }

    /// <summary>The cut-off at a head, or the one nearby that it becomes.</summary>
    public static CutOff ChooseCutOff(DbConnection connection, long campaignId, CutOff head, int minBatch)
    {
        var near = connection
            .Query<CutOff>(
                SelectCutOffs,
                new
                {
                    campaignId,
                    from = head.Size - minBatch,
                    to = head.Size + minBatch,
                }
            )
            .DistinctBy(cutOff => cutOff.Size)
            .ToDictionary(cutOff => cutOff.Size);
        return near.GetValueOrDefault(PacketRules.ChooseCutOff(head.Size, near.Keys, minBatch), head);
    }

    /// <summary>
    /// The newest packet that is the same and shows what a new one would show; null without one.
    /// </summary>
    public static long? FindSame(WriteTransaction write, OrderedContent content) =>
        write.Connection.QuerySingleOrDefault<long?>(_selectSame, content);

    /// <summary>True if so many packets wait that no other is accepted.</summary>
    public static bool IsFull(WriteTransaction write, long campaignId, long? staffId, PacketsOptions limits) =>
        PacketRules.AreTooMany(
            staffId is null ? null : write.Connection.QuerySingle<long>(_countOfMember, new { staffId }),
            limits.MostWaitingPerMember,
            write.Connection.QuerySingle<long>(_countOfCampaign, new { campaignId }),
            limits.MostWaitingPerCampaign
        );
}

/// <summary>What makes two packets the same, as it is stored.</summary>
internal sealed record OrderedContent(
    long CampaignId,
    string Recipient,
    string Countries,
    string Disclosure,
    string Asked,
    string Locale,
    int Csv,
    int Xlsx,
    long Size,
    string Root,
    long? Since,
    long? SinceSize,
    string? SinceRoot
)
{
    public static OrderedContent From(CheckedPacket packet, CutOff cutOff) =>
        new(
            packet.Campaign.Id,
            packet.Order.Recipient.Key,
            Lists.Write(packet.Order.Countries)!,
            packet.Order.Disclosure.Text(),
            packet.Request.Disclosure.Text(),
            packet.Request.Locale,
            packet.Request.Csv ? 1 : 0,
            packet.Request.Xlsx ? 1 : 0,
            cutOff.Size,
            cutOff.Root,
            packet.Request.Since,
            packet.Earlier?.CutOff.Size,
            packet.Earlier?.CutOff.Root
        );
}
