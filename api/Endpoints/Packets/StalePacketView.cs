using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// Why a packet is stale: how many signers withdrew, show less, were corrected and were invalidated
/// since its build, and whether its recipient or the data of the campaign changed. Since is null
/// for a build that did not record it. Then is what it showed, and Now what it would show if it was
/// built again; null if it may no longer be built for its recipient.
/// </summary>
internal sealed record StalePacketView(
    DateTimeOffset? Since,
    long Withdrawn,
    long Lowered,
    long Corrected,
    long Invalidated,
    bool RecipientChanged,
    bool CampaignChanged,
    PacketCountsView Then,
    PacketCountsView? Now
)
{
    public static StalePacketView From(PacketChange change) =>
        new(
            change.Causes.Since,
            change.Causes.Withdrawn,
            change.Causes.Lowered,
            change.Causes.Corrected,
            change.Causes.Invalidated,
            change.Causes.RecipientChanged,
            change.Causes.CampaignChanged,
            PacketCountsView.From(change.Then),
            change.Now is { } now ? PacketCountsView.From(now) : null
        );
}
