using Campaigns.Db.Handovers;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>The hand-over that carries a packet, with its state.</summary>
internal sealed record PacketHandoverView(string Id, string State)
{
    public static PacketHandoverView? From(Handover? handover) =>
        handover is null ? null : new(Ids.Text(handover.Id), handover.Progress.State);
}
